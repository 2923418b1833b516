/** The window's server goes on where whoever read its address has left: `lookalike serve | head -1`. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startCommand } from '../helpers/commandLine.ts';
import { testFolder } from '../helpers/folders.ts';

test.skipIf(process.platform === 'win32')('a browser comes in by it, which prints another for nobody', async () => {
  const { child, ended } = startCommand(['serve'], testFolder('reader'));
  const [line] = (await once(child.stdout!, 'data')) as [string];
  child.stdout!.destroy();
  const entered = await fetch(line.trim(), { redirect: 'manual' });
  expect(entered.status).toBe(303);
  const { origin } = new URL(line);
  for (let time = 0; time < 5; time++) expect((await fetch(origin)).status).toBe(401); // whoever has no cookie
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, err: 'closing\n' });
});
