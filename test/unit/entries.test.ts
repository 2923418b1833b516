/** What is started by its file is in the bundle of the program under its own name. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { entries } from '../../vite.main.config.ts';

const root = join(import.meta.dirname, '../..');

it('are all programs and threads of the sources, and what a thread loads by its address', () => {
  const started = globSync('src-main/**/{main,worker,*Worker,*Thread}.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .concat('src-main/images/cache/imageCache.ts');
  expect([...entries].sort()).toEqual(started.sort());
  for (const entry of entries) expect(existsSync(join(root, entry)), entry).toBe(true);
});
