/** What the command line refuses, each in one clear line and without a run, and what it says of itself. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run, RunState } from '../../shared/contract.ts';
import { findCheckpoint } from '../../src-main/cli/find.ts';
import { acquireLock } from '../../src-main/files/index.ts';
import { config, directory, photos, run, start, useCommands } from '../helpers/commands.ts';
import { unpackHome } from '../helpers/homes.ts';

useCommands();

describe('wrong settings: one clear line, no stack trace, no run', () => {
  const cases: [string, () => string[], number, RegExp][] = [
    ['unknown key', () => ['train', photos, '--set', 'nothing=1'], 2, /unknown setting nothing/],
    [
      'unknown key in the file',
      () => (
        writeFileSync(join(directory, 'wrong.json'), '{"optimiser":{}}'),
        ['train', photos, '--config', join(directory, 'wrong.json')]
      ),
      2,
      /unknown setting optimiser/,
    ],
    [
      'a file that is no JSON',
      () => (
        writeFileSync(join(directory, 'broken.json'), '{'),
        ['train', photos, '--config', join(directory, 'broken.json')]
      ),
      2,
      /broken\.json cannot be used/,
    ],
    ['more epochs than any run has', () => ['resume', 'no run', '--epochs', '+1000000000'], 2, /--epochs \+1000000000: at most \+100,000/], // prettier-ignore
    ['a value of the wrong kind', () => ['train', photos, '--set', 'epochs=many'], 2, /epochs/],
    ['unknown preset', () => ['train', photos, '--preset', 'best'], 2, /no preset 'best': choose from quick/],
    [
      'batch larger than the collection',
      () => ['train', photos, '--config', config, '--set', 'batchSize=512'],
      1,
      /batch of 512 is larger than the collection of 6\d photos: set batchSize to/,
    ],
    [
      'no images',
      () => (mkdirSync(join(directory, 'empty'), { recursive: true }), ['train', join(directory, 'empty')]),
      1,
      /0 photos of .*empty can be trained on: give a folder with at least 8/,
    ],
    ...['train', 'cluster'].map((name): (typeof cases)[number] => [
      `a name that is too long for ${name}`,
      () =>
        [name, photos, '--config', config, '--name', 'n'.repeat(201), '--out', join(directory, 'out')].slice(
          0,
          name === 'train' ? -2 : 9,
        ),
      1,
      /^lookalike: --name: the text has more than the 200 characters/m,
    ]),
    [
      'no images for elsewhere',
      () => (
        mkdirSync(join(directory, 'empty'), { recursive: true }),
        ['cluster', join(directory, 'empty'), '--out', join(directory, 'out')]
      ),
      1,
      /0 photos of .*empty can be trained on: give a folder with at least 8/,
    ],
    ['no such folder', () => ['train', join(directory, 'nowhere')], 1, /there is no folder/],
    ['no such run', () => ['resume', 'nothing'], 2, /no run 'nothing'/],
    [
      'no such weights',
      () => ['train', photos, '--config', config, '--init', join(directory, 'no.safetensors')],
      2,
      /no file .*no\.safetensors to start from: check its path/,
    ],
    [
      'an option before the command',
      () => ['--json', 'runs'],
      2,
      /--json comes before the command: .*lookalike runs --json/,
    ],
    ['help for what is no command', () => ['help', 'tarin'], 2, /no command 'tarin'/],
    ['a missing value', () => ['train', photos, '--preset'], 2, /--preset needs a value: write --preset NAME/],
    ['a missing value with a short name', () => ['find', 'any', 'tag', '-k'], 2, /--k needs a value: write --k N/],
    ['too many minutes', () => ['trial', photos, '--minutes', '20000'], 2, /above 0, at most 10,000/],
    ['neither a folder nor a run', () => ['cluster', join(directory, 'no'), '--out', join(directory, 'x')], 2, /no is no folder that is there; as the name of a run, there is no run/], // prettier-ignore
    ['unknown command', () => ['tarin', photos], 2, /no command 'tarin'/],
    ['unknown option', () => ['train', photos, '--presets', 'quick'], 2, /--presets/],
    ['photos of nothing known', () => ['trial', photos, '--of', 'shoes'], 2, /--of shoes: choose from any/],
    [
      'a value that begins with a dash',
      () => ['export', 'any', '--out', '-x'],
      2,
      /--out is followed by a dash: write a value that begins with one as --out=-x/,
    ],
    ['an empty option', () => ['train', photos, '--name', ''], 2, /--name is empty: give NAME/],
    ['a tag taken from no photo', () => ['tag', photos, 'heron', '--remove'], 2, /--remove takes a tag from photos/],
    ['tags in and out', () => ['tag', photos, '--import', 'a', '--export', 'b'], 2, /--import or --export, not both/],
    [
      'a list among the photos',
      () => ['tag', photos, '--export', join(photos, 'tags.csv')],
      2,
      /tags\.csv lies in the photo folder/,
    ],
    ['a tag without a name', () => ['tag', photos, ' ', 'discs/0.jpg'], 2, /a tag cannot be called ' '/],
    [
      'a pattern beside another rule',
      () => ['group', photos, '--by', 'names', '--pattern', '{x}'],
      2,
      /--by names takes no pattern/,
    ],
    ['a missing argument', () => ['train'], 2, /lookalike train FOLDER/],
    ['a folder of an unset variable', () => ['train', ''], 2, /an argument is empty: see 'lookalike train --help'/],
    [
      'an option twice',
      () => ['runs', '--home', directory, '--home', photos],
      2,
      /--home is given twice: write it once/,
    ],
    [
      'a setting misspelt',
      () => ['train', photos, '--set', 'epoch=3'],
      2,
      /unknown setting epoch \(did you mean epochs\?\)/,
    ],
    ['a setting without its group', () => ['train', photos, '--set', 'width=1'], 2, /did you mean backbone\.width\?/],
    ['a list of a gain', () => ['pick', 'any', '--gain', '--out', 'a.csv'], 2, /--out goes with picking only/],
    [
      'one tag of all',
      () => ['tag', photos, 'heron', '--export', 'a.csv'],
      2,
      /--export is of all tags of a folder: leave heron out/,
    ],
    ['minutes of no study', () => ['lab', '--minutes', '3'], 2, /--minutes goes with a study and a folder only/],
    ['runs of an experiment that stays', () => ['lab', 'show', 'any', '--runs'], 2, /--runs goes with lab delete only/],
    ['a Python that measures nothing', () => ['bench', '--python', 'python3'], 2, /--python goes with --peer only/],
    [
      'a device to measure',
      () => ['bench', '--device', 'gpu'],
      2,
      /no device 'gpu': choose from cpu, webgpu, dml, cuda/,
    ],
    ['more than can be counted', () => ['neighbors', 'any', 'a.jpg', '-k', '1e99'], 2, /--k 1e99: at most 500/],
  ];
  test.each(cases)('%s', async (_name, args, expected, says) => {
    const { code, err, out } = await run(...args());
    expect(code).toBe(expected);
    const lines = err.split('\n').filter((line) => line.startsWith('lookalike: '));
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(says);
    expect(err + out).not.toMatch(/\n\s+at /);
  });

  test.skipIf(process.platform === 'win32')('an unwritable home', async () => {
    for (const where of ['/dev/null/home', '/proc/home']) {
      const { code, err } = await start(['train', photos], { home: where }).ended;
      expect(code).toBe(1);
      expect(err).toMatch(/cannot be written \(\w+\): choose another with --home/);
    }
  });

  test('a home in use by something that does not answer', async () => {
    const other = join(directory, 'other');
    mkdirSync(other);
    const lock = acquireLock(join(other, 'lock'))!;
    const { code, err } = await start(['train', photos, '--config', config], { home: other }).ended;
    lock.release();
    expect(code).toBe(1);
    expect(err).toMatch(/another Lookalike is using the home folder/);
  });

  test('with --json the failure is an event as well', async () => {
    const { code, events } = await run('train', photos, '--config', config, '--set', 'batchSize=512', '--json');
    expect(code).toBe(1);
    expect(events).toMatchObject([
      {
        event: 'error',
        run: null,
        name: 'AppError',
        message: expect.stringMatching(/512/) as string,
        details: { code: 'cannot-start', setting: 'batchSize' },
      },
    ]);
  });
});

test('help is told whatever options stand beside it', async () => {
  expect(await run('help', '--json')).toMatchObject({ code: 0, err: '' });
});

test('nothing of this left a run', async () => {
  expect(JSON.parse((await run('runs', '--json')).out)).toEqual([]);
  expect((await run('runs')).out).toMatch(/^no runs: none at all yet: start one/);
});

test('a history that was lost is not called a home without runs', async () => {
  const old = unpackHome('0.1.0');
  for (const name of readdirSync(old.home).filter((name) => name.startsWith('lookalike.db')))
    rmSync(join(old.home, name));
  const says = /none in the history, but \d+ runs are in the home: 'lookalike doctor --repair' brings them back/;
  expect((await start(['runs'], { home: old.home }).ended).out).toMatch(says);
  expect((await start(['show', 'Finished'], { home: old.home }).ended).err).toMatch(says);
  old.remove();
});

test('a run whose checkpoints are gone is not told to wait for its first', () => {
  const said = (state: RunState, step: number) => {
    const run = { id: 'r', name: 'Run', state, step, checkpoints: [] } as unknown as Run;
    expect(() => findCheckpoint(run, undefined)).toThrow(
      state === 'stopped' && step > 0
        ? /put its files back into runs.r.checkpoints/
        : /no checkpoint yet: let it train/,
    );
  };
  said('stopped', 9);
  said('running', 9);
  said('interrupted', 0);
});

test('a device is named by one of its names, and used where it works', async () => {
  expect(await run('train', photos, '--device', 'abacus')).toMatchObject({ code: 2 });
  const wrong = await run('resume', 'any', '--device', 'gpu');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('choose from auto, cpu, webgpu, dml, cuda');
  expect((await run('resume', 'nothing', '--device', 'auto')).err).toMatch(/no run 'nothing'/);
  const elsewhere = process.platform === 'win32' ? 'cuda' : 'dml';
  const refused = await run('train', photos, '--device', elsewhere, '--set', 'batchSize=8');
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/the device \w+ cannot be used: .*set device to auto or cpu/);
});

test('every command teaches itself', async () => {
  const overview = (await run('--help')).out;
  const names = [
    'train',
    'resume',
    'runs',
    'show',
    'delete',
    'embed',
    'neighbors',
    'eval',
    'export',
    'lab',
    'folders',
    'relocate',
    'tag',
    'find',
    'pick',
    'group',
    'label',
    'serve',
    'doctor',
    'bench',
    'sample',
  ];
  for (const name of names) expect(overview).toContain(`  ${name}`);
  const { code, out } = await run('train', '--help');
  expect(code).toBe(0);
  for (const part of ['optimizer.baseLearningRate (0.05)', '--preset NAME', 'lookalike train ~/Pictures'])
    expect(out).toContain(part);
});
