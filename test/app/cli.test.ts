/** The command line as a person runs it, with the real trainer on a folder of tiny generated pictures. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { config, directory, home, photos, run, start, useCommands } from '../helpers/commands.ts';

useCommands();

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
    'edges',
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
  expect((await run('runs')).out).toMatch(/agreement +free +quality/);
  const told = (await run('show', 'tiny')).out;
  expect(told).toContain(runId);
  expect(told).toMatch(/\nuntrained: kNN /);
  const shown = JSON.parse((await run('show', runId.slice(0, 4), '--json')).out) as {
    history: unknown[];
    checkpoints: unknown[];
  };
  expect(shown.history.length).toBe(2);
  expect(shown.checkpoints.length).toBeGreaterThanOrEqual(2);
});

test('neighbors finds the photo itself first', async () => {
  const none = await run('neighbors', 'tiny', join(photos, 'bars', 'broken.jpg'));
  expect([none.code, none.err.trim().split('\n').at(-1)]).toEqual([
    2,
    expect.stringMatching(/^lookalike: the image .*broken\.jpg cannot be used: /),
  ]);
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
  // Of the run's own photos, beside what the run was compared with.
  expect((await run('eval', 'tiny', '--knn', '-k', '5')).out).toMatch(/\nto beat, by kNN: pixels [\d.]+ %, /);
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

test('what is rejected on the command line is kept, ranks the others, and is a photo of the folder that lacks the tag', async () => {
  const listed = join(directory, 'no.txt');
  writeFileSync(listed, '\ufeffbars/1.jpg\r\n\n  bars/2.jpg\n');
  const table = join(directory, 'no.csv');
  writeFileSync(table, 'label;File\nbar;bars/3.jpg\n');
  expect((await run('tag', photos, 'disc', 'discs/0.jpg', 'discs/1.jpg', 'discs/2.jpg')).code).toBe(0);
  const find = (...given: string[]) => run('find', runId, 'disc', '-k', '100', '--json', ...given);
  const of = ({ out }: { out: string }) =>
    JSON.parse(out) as { rejected: number; tagged: number; candidates: { file: string }[] };
  const before = of(await find());
  expect([before.rejected, before.tagged]).toEqual([0, 3]);
  const again = of(await find('--reject', 'bars/0.jpg', '--reject', listed, '--reject', table));
  expect(again.rejected).toBe(4);
  const left = again.candidates.map(({ file }) => file);
  expect(left.filter((file) => /bars.[0123]\.jpg$/.test(file))).toEqual([]);
  const rest = before.candidates.map(({ file }) => file).filter((file) => left.includes(file));
  expect(left).not.toEqual(rest); // by what was rejected too
  const shown = await run('find', runId, 'disc', '--reject', 'bars/0.jpg');
  expect(shown.out).toContain('0 of 1 photo newly kept as not of disc');
  for (const [given, says] of [
    ['discs/0.jpg', /discs\/0\.jpg has the tag disc: take it off first/],
    ['nowhere.jpg', /--reject: there is no photo nowhere\.jpg in .*, and no file of that name/],
    [config, /--reject .*: there is no photo \{/],
  ] as const) {
    const { code, err } = await find('--reject', given);
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  }
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
