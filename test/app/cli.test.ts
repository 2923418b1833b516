/** The command line as a person runs it, with the real trainer on a folder of tiny generated pictures. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireLock } from '../../src-main/files/index.ts';
import { startCommand } from '../helpers/commandLine.ts';

let directory: string;
let photos: string;
let home: string;
let config: string;

const start = (args: string[], more: { home?: string } = {}) => startCommand(args, more.home ?? home);
const run = (...args: string[]) => start(args).ended;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lookalike-cli-'));
  photos = join(directory, 'photos');
  home = join(directory, 'home');
  config = join(directory, 'tiny.json');
  const tiny = {
    backbone: { width: 0.125, stem: 'cifar' },
    imageSize: 32,
    batchSize: 16,
    epochs: 2,
    head: { hiddenDim: 32, outputDim: 32, layers: 2 },
    predictor: { hiddenDim: 8 },
    augment: { blur: 0 },
    probe: { images: 64 },
    threads: 1,
  };
  writeFileSync(config, JSON.stringify(tiny));
  for (const [label, shape] of [
    ['discs', '<circle cx="20" cy="20" r="12"/>'],
    ['bars', '<rect x="5" y="16" width="30" height="8"/>'],
  ] as const) {
    mkdirSync(join(photos, label), { recursive: true });
    for (let i = 0; i < 32; i++) {
      const svg = `<svg width="40" height="40"><rect width="40" height="40" fill="hsl(${i * 11},60%,70%)"/><g fill="hsl(${i * 37},60%,30%)" transform="rotate(${i * 7} 20 20)">${shape}</g></svg>`;
      await sharp(Buffer.from(svg))
        .jpeg()
        .toFile(join(photos, label, `${i}.jpg`));
    }
  }
  writeFileSync(join(photos, 'bars', 'broken.jpg'), 'this is no photo');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let runId: string;

test('train prints the events as specified and ends with done', async () => {
  const { code, events, err } = await run('train', photos, '--config', config, '--name', 'tiny', '--json');
  expect(err).not.toMatch(/lookalike:/);
  expect(code).toBe(0);
  const names = events.map((event) => event['event']);
  expect(names.filter((name) => name !== 'verdict')).toEqual(['start', 'epoch', 'epoch', 'done']);
  const [first, epoch, verdict] = events as Record<string, never>[] as [
    Record<string, never>,
    Record<string, never>,
    Record<string, never>,
  ];
  const done = events.at(-1) as Record<string, never>;
  expect(names[2]).toBe('verdict');
  runId = first['run']!;
  expect(events.every((event) => event['run'] === runId)).toBe(true);
  expect(first).toMatchObject({ device: 'cpu', images: 64, config: { imageSize: 32, epochs: 2 } });
  expect(first['skipped']).toEqual([{ file: 'bars/broken.jpg', reason: expect.stringMatching(/./) as string }]);
  for (const key of ['seconds', 'memoryBytes', 'diskBytes']) expect(first['estimate']![key]).toBeGreaterThan(0);
  expect(first['notes']).toEqual([expect.stringContaining('photos are few'), expect.stringMatching(/steps/)]);
  // before the start, for people; no card, no memory of one
  expect(err).toMatch(/planned: 2 epochs, about .* of memory, .* of disk\n\d+ photos are few/);
  expect(Object.keys(epoch)).toEqual([
    'event',
    'run',
    'epoch',
    'epochs',
    'step',
    'loss',
    'learningRate',
    'std',
    'rank',
    'knn',
    'balancedKnn',
    'agreement',
    'quality',
    'imagesPerSecond',
    'dataWait',
    'etaSeconds',
    'verdict',
  ]);
  expect(epoch).toMatchObject({ epoch: 1, epochs: 2, step: 4 });
  for (const value of [
    epoch['loss'],
    epoch['std']!['projection'],
    epoch['rank']!['backbone'],
    epoch['knn'],
    epoch['agreement'],
  ])
    expect(Number.isFinite(value)).toBe(true);
  expect(verdict).toMatchObject({ sentence: expect.any(String) as string, advice: expect.any(Array) as string[] });
  expect(done).toMatchObject({
    epochs: 2,
    untrained: { knn: expect.any(Number) as number, agreement: expect.any(Number) as number },
    baselines: first['baselines'],
  });
  expect(Object.keys(first['baselines']!).sort()).toEqual([
    'hog',
    'measure',
    'pixels',
    'start',
    'untrained',
    'whitened',
  ]);
  expect(existsSync(done['checkpoint']!)).toBe(true);
});

test('the history is there: runs, show, by id, prefix or name', async () => {
  const listed = JSON.parse((await run('runs', '--json')).out) as { id: string; state: string; bestKnn: number }[];
  expect(listed).toMatchObject([{ id: runId, name: 'tiny', state: 'finished', epoch: 2 }]);
  expect((await run('show', 'tiny')).out).toContain(runId);
  const shown = JSON.parse((await run('show', runId.slice(0, 4), '--json')).out) as {
    history: unknown[];
    checkpoints: unknown[];
  };
  expect(shown.history.length).toBe(2);
  expect(shown.checkpoints.length).toBeGreaterThanOrEqual(2);
});

test('neighbors finds the photo itself first', async () => {
  const { code, out } = await run('neighbors', 'tiny', join(photos, 'discs', '7.jpg'), '-k', '3', '--json');
  expect(code).toBe(0);
  const { neighbors } = JSON.parse(out) as { neighbors: { file: string; similarity: number; label: string }[] };
  expect(neighbors.length).toBe(3);
  expect(neighbors[0]).toMatchObject({ file: join(photos, 'discs', '7.jpg'), label: 'discs' });
  expect(Math.abs(neighbors[0]!.similarity - 1)).toBeLessThan(1e-3);
});

test('eval, embed and export write what they say', async () => {
  const evaluated = JSON.parse((await run('eval', 'tiny', '--knn', '-k', '5', '--json')).out) as {
    accuracy: number;
    split: string;
    images: number;
    confusion: number[][];
  };
  expect(evaluated).toMatchObject({ split: 'leave-one-out', images: 64 });
  const right = evaluated.confusion[0]![0]! + evaluated.confusion[1]![1]!;
  expect(evaluated.confusion.flat().reduce((a, b) => a + b)).toBe(64);
  expect(evaluated.accuracy).toBeCloseTo(right / 64, 6);
  const vectors = join(directory, 'vectors');
  expect((await run('embed', 'tiny', '--out', vectors, '--format', 'npy')).code).toBe(0);
  expect(readdirSync(vectors)).toContain('embeddings.npy');
  const encoder = join(directory, 'encoder');
  const exported = JSON.parse((await run('export', 'tiny', '--out', encoder, '--json')).out) as {
    verified: { difference: number }[];
    files: { file: string }[];
  };
  expect(exported.verified.length).toBe(2);
  for (const { difference } of exported.verified) expect(difference).toBeLessThan(1e-4);
  for (const { file } of exported.files) expect(existsSync(join(encoder, file))).toBe(true);
  const { InferenceSession } = createRequire(import.meta.url)('onnxruntime-node') as typeof ort;
  const session = await InferenceSession.create(readFileSync(join(encoder, 'encoder.onnx')));
  expect([...session.inputNames, ...session.outputNames]).toEqual(['pixel_values', 'embedding']);
});

test('a finished run is extended; without --epochs it says so', async () => {
  expect(await run('resume', 'tiny')).toMatchObject({ code: 2 });
  const { code, events } = await run('resume', 'tiny', '--epochs', '+1', '--json');
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'done', epochs: 3, run: runId });
});

test.skipIf(process.platform === 'win32')('the first stop signal saves and stops, resume goes on', async () => {
  const running = start(['train', photos, '--config', config, '--set', 'epochs=500', '--name', 'long', '--json']);
  await running.event('epoch');
  running.child.kill('SIGINT');
  const { code, events, err } = await running.ended;
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: 'stopped' });
  expect(err).toMatch(/resume/);
  const listed = JSON.parse((await run('runs', '--json')).out) as { name: string; state: string }[];
  expect(listed.find((item) => item.name === 'long')!.state).toBe('stopped');
});

test.skipIf(process.platform === 'win32')(
  'kill -9 of all its processes: interrupted, free at once, goes on where it was; two commands share a home meanwhile',
  async () => {
    const running = start(['resume', 'long', '--json']);
    await running.event('epoch');
    const beside = await run('runs', '--json'); // speaks to the one that trains
    expect(
      (JSON.parse(beside.out) as { name: string; state: string }[]).find((item) => item.name === 'long')!.state,
    ).toBe('running');
    running.killAll();
    await running.ended;
    const listed = JSON.parse((await run('runs', '--json')).out) as {
      name: string;
      state: string;
      id: string;
      step: number;
    }[];
    const long = listed.find((item) => item.name === 'long')!;
    expect(long.state).toBe('interrupted');
    const again = start(['resume', 'long', '--json']);
    await again.event('epoch');
    again.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 50)); // two signals at one moment would be one
    again.child.kill('SIGINT'); // the second: at once
    const { events } = await again.ended;
    const epoch = events.find((event) => event['event'] === 'epoch')!;
    expect(epoch['step']).toBeGreaterThan(4);
    expect((await run('delete', 'long')).code).toBe(0);
    expect(existsSync(join(home, 'runs', long.id))).toBe(false);
  },
);

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
      /0 photos/,
    ],
    ['no such folder', () => ['train', join(directory, 'nowhere')], 1, /there is no folder/],
    ['no such run', () => ['resume', 'nothing'], 2, /no run 'nothing'/],
    [
      'no such weights',
      () => ['train', photos, '--config', config, '--init', join(directory, 'no.safetensors')],
      2,
      /no run/,
    ],
    ['unknown command', () => ['tarin', photos], 2, /no command 'tarin'/],
    ['unknown option', () => ['train', photos, '--presets', 'quick'], 2, /--presets/],
    ['photos of nothing known', () => ['trial', photos, '--of', 'shoes'], 2, /--of shoes: choose from any/],
    ['an empty option', () => ['train', photos, '--name', ''], 2, /--name is empty: give NAME/],
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

test('nothing of this left a run', async () => {
  const listed = JSON.parse((await run('runs', '--json')).out) as { name: string; state: string }[];
  expect(listed).toMatchObject([{ name: 'tiny', state: 'finished' }]);
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

test('the photos with a tag are trained on as a collection, whose name then stands for a folder', async () => {
  const files = Array.from({ length: 12 }, (_, i) => `discs/${i}.jpg`);
  expect((await run('tag', photos, 'star', ...files)).code).toBe(0);
  const settings = ['--config', config, '--set', 'epochs=1', '--set', 'batchSize=4', '--json'];
  const { code, events } = await run('train', photos, '--tag', 'Star', ...settings);
  expect(code).toBe(0);
  expect(events.find(({ event }) => event === 'start')).toMatchObject({ images: 12 });
  const again = await run('train', 'star', ...settings);
  expect(again.events.find(({ event }) => event === 'start')).toMatchObject({ images: 12 });
  const { err } = await run('train', photos, '--tag', 'moon', ...settings);
  expect(err).toContain("there is no tag 'moon'");
}, 60_000);

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
