/** Where the home is where HOME says nothing of use, and that nothing of it is made on another disk. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { systemHome } from '../../src-main/app/paths.ts';
import { writeCheckpoint } from '../../src-main/trainer/checkpoint.ts';
import { ofHome } from '../../src-main/app/homeFailure.ts';
import { makeFolder } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';

afterEach(() => vi.unstubAllEnvs());

test.skipIf(process.platform === 'win32').each(['', 'relative', '.'])(
  'with HOME=%j it is not begun where the command is given',
  (home) => {
    vi.stubEnv('HOME', home);
    const found = systemHome({ XDG_DATA_HOME: home });
    expect(found.startsWith(userInfo().homedir)).toBe(true);
  },
);

test('a home whose disk was taken away is not made anew under the same path', async () => {
  const root = testFolder('gone');
  const home = join(root, 'disk', 'home');
  const made = () => existsSync(join(root, 'disk'));
  expect(() => makeFolder(join(home, 'runs', 'r'), home)).toThrow(/the folder does not exist/);
  // of a training that goes on in a process of its own
  const saved = writeCheckpoint(join(home, 'runs', 'r'), new Map(), {} as never);
  await expect(saved).rejects.toMatchObject({ code: 'write-failed' });
  expect(made()).toBe(false);
  const told = ofHome(await saved.catch((error: unknown) => error), home) as Error;
  expect(told.message).toMatch(/the home folder .*home is not there any more: connect its disk again or move it back/);
  mkdirSync(home, { recursive: true });
  makeFolder(join(home, 'runs', 'r'), home);
  expect(existsSync(join(home, 'runs', 'r'))).toBe(true);
});

/** As a user whom the system does not know: only the superuser may become one, and only where others reach the program. */
const asUnknown = (code: string, env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code], {
    ...{ uid: 54_321, gid: 54_321, cwd: '/', env, encoding: 'utf8' },
  });
const paths = new URL('../../src-main/app/paths.ts', import.meta.url).href;
const canBe =
  process.platform === 'linux' && process.getuid?.() === 0 && asUnknown(`import '${paths}'`, {}).status === 0;

test.skipIf(!canBe)('a user whom the system does not know has a home by the root where there is no HOME', () => {
  const ask = `import { systemHome } from '${paths}'; console.log(systemHome())`;
  for (const env of [{}, { HOME: '' }]) expect(asUnknown(ask, env).stdout).toBe('/.local/share/lookalike\n');
  expect(asUnknown(ask, { HOME: '/own' }).stdout).toBe('/own/.local/share/lookalike\n');
});
