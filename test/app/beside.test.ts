/** Commands at a home that a Lookalike has open: one of another version, one that leaves no room for a window, a deaf one. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { AppResult } from '../../shared/contract.ts';
import { homePaths, listenLocally } from '../../src-main/app/reach.ts';
import type { LocalLine } from '../../src-main/app/local.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { testFolder } from '../helpers/folders.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
let line: LocalLine;
afterEach(() => line.end());

/** An application that says who it is, and answers nothing else. @returns its home, and what else it was asked */
async function opened(as: Partial<AppResult<'system.host'>> = {}): Promise<{ home: string; asked: string[] }> {
  const home = testFolder('beside');
  const asked: string[] = [];
  const host = { kind: 'server', canReveal: false, canPickFolder: false, version, offline: false, ...as };
  const handle = (method: string): Promise<unknown> => {
    if (method === 'system.host') return Promise.resolve(host);
    asked.push(method);
    return new Promise(() => {});
  };
  line = await listenLocally(homePaths(home), { handle, onEvent: () => () => {} });
  return { home, asked };
}

test.each(['runs', 'serve', 'doctor'])(
  '%s asks nothing of another version, and says which is open',
  async (command) => {
    const { home, asked } = await opened({ version: '9.9.9' });
    const { code, out, err } = await startCommand([command], home).ended;
    expect(err).toMatch(/^lookalike: Lookalike 9\.9\.9 has this home open, and this is .*: close it first, or .*\n$/);
    expect([code, out, asked]).toEqual([1, '', []]);
  },
);

test.each([
  ['server', /^lookalike: Lookalike is open in this home already: use its window, close it, or .*--home\n$/],
  ['cli', /^lookalike: another command is at work in this home: wait for its end, stop it, or .*--home\n$/],
] as const)('a window beside a %s is refused with what is in the way', async (kind, says) => {
  const { home } = await opened({ kind });
  const { code, err } = await startCommand(['serve'], home).ended;
  expect([code, err]).toEqual([1, expect.stringMatching(says)]);
});

describe.skipIf(process.platform === 'win32')('a command that is stopped before it is done', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s ends with %d', async (signal, wanted) => {
    const { home, asked } = await opened();
    const { child, ended } = startCommand(['runs'], home);
    await expect.poll(() => asked.length).toBe(1);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: wanted, err: 'lookalike: stopped\n' });
  });
});
