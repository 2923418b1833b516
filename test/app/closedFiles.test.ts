/**
 * Files of the home that another user, or a copy made by one, has closed: nothing of what is in them is taken for lost, and
 * what is said names them. Where the tests are the superuser's, whom nothing is closed to, the commands are nobody's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testFolder } from '../helpers/folders.ts';
import { pointAtPhotos, unpackHome } from '../helpers/homes.ts';
import type { OldHome } from '../helpers/homes.ts';

const cli = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

let old: OldHome;
let root: string;
let home: string;
const at = (...names: string[]) => join(home, ...names);

const options = () => ({ ...nobody, cwd: root, env: { ...process.env, HOME: root, LOOKALIKE_HOME: home } });

function command(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', cli, ...args],
    { ...options(), encoding: 'utf8' },
  );
  const said = stderr.split('\n').filter((line) => line.startsWith('lookalike: '));
  return { code: status, out: stdout, err: stderr, said };
}
const idOf = (name: string): string => {
  const db = new Database(at('lookalike.db'));
  const id = db.prepare<[string], string>('SELECT id FROM runs WHERE name = ?').pluck().get(name)!;
  db.close();
  give();
  return id;
};
/** All of it to who gives the commands. */
function give(): void {
  if (nobody.uid === undefined) return;
  for (const name of ['', ...(readdirSync(root, { recursive: true }) as string[])])
    chownSync(join(root, name), nobody.uid, nobody.gid);
}

/** Whether a program of nobody's can start here at all. */
const canTry =
  process.platform !== 'win32' &&
  spawnSync(process.execPath, ['-e', `fs.accessSync(${JSON.stringify(cli)})`], { ...nobody, cwd: '/' }).status === 0;
if (!canTry) console.warn('closedFiles.test.ts: skipped, nobody else can run the program here');

describe.skipIf(!canTry)('closed', () => {
  beforeAll(() => void (old = unpackHome('0.1.0')));
  afterAll(() => old.remove());
  beforeEach(() => {
    root = testFolder('closed');
    home = join(root, 'home');
    cpSync(old.home, home, { recursive: true, preserveTimestamps: true });
    give();
  });

  test.each(['embeddings', 'checkpoints'])('%s of a run that are closed at one start are there at the next', (part) => {
    const id = idOf('Finished');
    expect(command('runs').code).toBe(0); // brought up to date
    const files = readdirSync(at('runs', id, part));
    const show = () => command('show', 'Finished', '--json').out;
    const before = show();
    chmodSync(at('runs', id, part), 0o000);
    expect(command('runs').code).toBe(0);
    chmodSync(at('runs', id, part), 0o700);
    expect(show()).toBe(before);
    expect(readdirSync(at('runs', id, part)).filter((name) => !name.includes('lookalike-tmp'))).toEqual(files);
  });

  test('a run whose files cannot be deleted is not said to be deleted', () => {
    const folder = at('runs', idOf('Stopped'), 'checkpoints');
    chmodSync(folder, 0o500);
    const { code, out, said } = command('delete', 'Stopped');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toEqual([expect.stringMatching(/checkpoints is not yours to delete from: give it back its owner/)]);
    expect(command('runs').out).toContain('Stopped');
    chmodSync(folder, 0o700);
    expect(command('delete', 'Stopped').code).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  test('a checkpoint that is closed is not said to be thinned out', () => {
    chmodSync(at('runs', idOf('Finished'), 'checkpoints'), 0o000);
    const { code, said } = command('export', 'Finished', '--out', join(root, 'out'));
    expect(code).toBe(1);
    expect(said).toEqual([
      expect.stringMatching(/the checkpoint .* cannot be opened \(EACCES\): check its permissions/),
    ]);
    chmodSync(at('runs', idOf('Finished'), 'checkpoints'), 0o700);
  });

  test.each(['lookalike.db', 'lock'])('%s of another user is told as that', (file) => {
    command('runs');
    // the program opens what is its own user's again
    chownSync(at(file), process.getuid!(), process.getgid!());
    chmodSync(at(file), nobody.uid === undefined && file === 'lock' ? 0o000 : 0o600);
    if (nobody.uid === undefined && file === 'lookalike.db') return;
    for (const args of [['runs'], ['doctor', '--repair']]) {
      const { code, said } = command(...args);
      expect(code).toBe(1);
      expect(said).toEqual([
        `lookalike: ${home.startsWith(root) ? `~/home/${file}` : at(file)} in the home folder is not yours to read and write: give it back its owner or permissions, or choose another home with --home or LOOKALIKE_HOME`,
      ]);
    }
  });

  test('a subfolder of photos is named, where only their number away would be told', () => {
    const shapes = join(root, 'shapes');
    cpSync(join(old.root, 'shapes'), shapes, { recursive: true, preserveTimestamps: true });
    pointAtPhotos(home, root);
    give();
    const closed = readdirSync(shapes)[0]!;
    const away = readdirSync(join(shapes, closed)).length;
    chmodSync(join(shapes, closed), 0);
    const again = () => command('relocate', shapes, shapes);
    expect(again().err).toContain(`${away} gone\n${closed}: The folder cannot be read. No permission to read it.\n`);
    expect(again()).toMatchObject({ code: 0, err: expect.stringContaining(`${closed}: The folder`) as string }); // as long as it is
    chmodSync(join(shapes, closed), 0o700);
    expect(again().err).not.toContain('cannot be read');
  });

  test('a cache that is closed while an application is open is named by what cannot train without it', async () => {
    const shapes = join(root, 'shapes');
    cpSync(join(old.root, 'shapes'), shapes, { recursive: true });
    pointAtPhotos(home, root);
    give();
    const open = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'serve'], options());
    try {
      await once(open.stdout!, 'data');
      chmodSync(at('cache'), 0);
      const { code, said } = command('train', shapes, '--set', 'epochs=1', '--set', 'imageSize=16');
      const named = expect.stringMatching(
        `^lookalike: ${at('cache')}\\S* is not yours to read and write: give it back`,
      );
      expect([code, said]).toEqual([1, [named]]);
      chmodSync(at('cache'), 0o700);
    } finally {
      open.kill();
      await once(open, 'exit');
    }
  });
});
