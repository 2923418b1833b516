/**
 * The portable bench: the folder holds what it must and nothing that is not for it, the compiled bench starts from it by
 * itself; photos that are rendered are found in the cache as decoded ones are; a part that hangs or crashes is told and
 * what it had found is kept. Nothing is timed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn, writeFolder } from '../../scripts/portable/folder.ts';
import { batchTooLarge } from '../../scripts/portable/memory.ts';
import { parts, secondsFor } from '../../scripts/portable/parts.ts';
import type { Outcome, Settings } from '../../scripts/portable/parts.ts';
import { emptyFile, RawCache } from '../../scripts/portable/photos.ts';
import { runPart } from '../../scripts/portable/process.ts';
import { markdown } from '../../scripts/portable/report.ts';
import type { Report } from '../../scripts/portable/report.ts';
import { runOf } from '../../scripts/portable/sizes.ts';
import { step } from '../../scripts/portable/step.ts';
import { buildCache } from '../../src-main/images/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const work = sharedFolder('portable-test');
const settings: Settings = { rehearse: true, python: null, noPython: 'none', work, memoryBytes: null, seconds: 0 };

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the folder', () => {
  const folder = join(work, 'lookalike-portable');
  let files: string[];
  beforeAll(async () => {
    await writeFolder(folder, 'c0ffee');
    files = filesIn(folder);
  });

  it('holds Node, the runtime of Linux x64 without CUDA, the compiled program, and nothing else', () => {
    const modules = files.filter((file) => /^dist\/main\/.*\.(js|py)$/.test(file));
    expect(modules).toEqual(
      expect.arrayContaining([
        'dist/main/scripts/portable/main.js',
        'dist/main/scripts/portable/part.js',
        'dist/main/scripts/portable/drawThread.js',
        'dist/main/src-main/app/main.js',
        'dist/main/src-main/cli/main.js',
        'dist/main/src-main/images/cache/imageCache.js',
        'dist/main/src-main/images/loaderWorker.js',
        'dist/main/src-main/trainer/bench/peer.py',
        'dist/main/src-main/trainer/bench/worker.js',
        'dist/main/src-main/trainer/computeThread.js',
        'dist/main/src-main/trainer/main.js',
      ]),
    );
    const runtime = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64';
    const others = files.filter((file) => !modules.includes(file) && !/^node_modules\/.*\.(js|json)$/.test(file));
    expect(others).toEqual([
      'LICENSE',
      'LICENSE.node',
      'bench',
      'lib/libatomic.so.1',
      'node',
      'node_modules/better-sqlite3/LICENSE',
      'node_modules/better-sqlite3/prebuilds/linux-x64.node',
      `${runtime}/libonnxruntime.so.1`,
      `${runtime}/onnxruntime_binding.node`,
      'package.json',
    ]);
  });

  it('starts by itself, prints its parts, and says what this machine is', () => {
    const run = (...args: string[]) =>
      execFileSync(join(folder, 'bench'), args, { encoding: 'utf8', cwd: work, env: { PATH: '/usr/bin:/bin' } });
    expect(run('--parts').trim().split('\n')).toHaveLength(parts.length);
    run('--only', 'machine', '--out', 'out', '--python', join(work, 'no-python'));
    const report = JSON.parse(readFileSync(join(work, 'out', 'results.json'), 'utf8')) as Report;
    expect(report).toMatchObject({ commit: 'c0ffee', parts: [{ name: 'machine', outcome: 'done' }] });
    expect(report.parts[0]!.found).toMatchObject({
      node: process.version,
      pytorch: { missing: /no Python with torch/ },
    });
    expect(readFileSync(join(work, 'out', 'results.md'), 'utf8')).toContain('no PyTorch: no Python with torch');
  });
});

it('finds rendered photos in the cache, and decodes nothing', async () => {
  const size = { width: 48, height: 48 };
  const files = ['a', 'b'].map((id) => ({ id, path: emptyFile(join(work, 'photos'), `${id}.png`), ...size }));
  const writer = new RawCache(join(work, 'cache'), 32, files);
  for (const [i, { path }] of files.entries())
    writer.add(path, writer.copies({ ...size, data: new Uint8Array(3 * 48 * 48).fill(50 + i) }));
  writer.close();
  const reused: number[] = [];
  const { cache, skipped } = await buildCache({
    files,
    directory: join(work, 'cache'),
    imageSize: 32,
    onProgress: (progress) => reused.push(progress.reused),
  });
  cache.close();
  expect({ ids: cache.ids, skipped, reused }).toEqual({ ids: ['a', 'b'], skipped: [], reused: [2] });
});

it('tells a part that fails, and keeps what one that is late had found', async () => {
  const failed = await runPart('run-float32', 'a run', settings, 100); // without the photos that another part makes
  expect(failed).toMatchObject({ outcome: 'failed', error: /there are no photos/ });
  const late = await runPart('machine', 'this machine', settings, 0.01);
  expect(late).toMatchObject({ outcome: 'late', error: 'not done within 0 s' });
});

it('measures a step of PyTorch, as it comes and compiled, where ours fails', async () => {
  const python = join(work, 'python');
  const double = `#!${process.execPath}
if (process.argv[2] === '-c') console.log('2.0');
else require('node:readline').createInterface({ input: process.stdin }).on("line", () => {
  console.log(JSON.stringify({ seconds: 2, memory: 1 }));
});`;
  writeFileSync(python, double, { mode: 0o755 });
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env;
  Object.assign(process.env, { VK_DRIVER_FILES: '/none', VK_ICD_FILENAMES: '/none' });
  try {
    let found: unknown;
    const told = { ...settings, python, noPython: null, seconds: 600 };
    await step({ row: 0, precision: 'float32' })(told, (result) => (found = result));
    expect(found).toMatchObject({
      work: { batch: 8 },
      sides: {
        lookalike: {
          perSecond: null,
          rounds: 0,
          error: /ended without an answer: DeviceError: webgpu cannot be used here/,
        },
        eager: { perSecond: 4, rounds: 5 },
        compiled: { perSecond: 4, rounds: 5 },
      },
    });
  } finally {
    for (const [name, value] of Object.entries({ VK_DRIVER_FILES, VK_ICD_FILENAMES }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
});

it('gives each part its time, and keeps some for those after it', () => {
  const all = [
    { seconds: 60, least: 20 },
    { seconds: 60, least: 10 },
    { seconds: 60, least: 5 },
  ];
  expect(secondsFor(all, 0, 480)).toBe(60);
  expect(secondsFor(all, 0, 50)).toBe(35);
  expect(secondsFor(all, 0, 22)).toBe(20);
  expect(secondsFor(all, 2, 3)).toBe(3);
  expect(secondsFor(all, 2, 0.5)).toBe(0);
  expect(parts.reduce((sum, { least }) => sum + least, 0)).toBeLessThanOrEqual(8 * 60 - 8);
});

it('asks for a batch that the card cannot hold, and for no more than four times as large', () => {
  const config = runOf('float32', { ...settings, rehearse: false });
  const [small, large] = [8e9, 80e9].map((bytes) => batchTooLarge(config, bytes));
  expect([Math.log2(small!), Math.log2(large!)].every(Number.isInteger)).toBe(true);
  expect(large! / small!).toBeGreaterThanOrEqual(8);
  expect(small).toBeLessThan(65536);
});

it('writes a table in which what was not measured says why', () => {
  const step: Outcome = {
    name: 'step-resnet18-32-float32',
    does: 'training step beside PyTorch: ResNet-18, 32 px, float32',
    outcome: 'late',
    error: 'not done within 90 s',
    seconds: 90,
    found: {
      work: { batch: 512 },
      sides: {
        lookalike: { perSecond: 2000, rounds: 5 },
        eager: { perSecond: 4000, rounds: 4 },
        compiled: { perSecond: null, rounds: 0, error: 'no torch.compile | here' },
      },
    },
  };
  const text = markdown({ at: 'now', version: '1', commit: 'c0ffee', rehearsed: false, seconds: 90, parts: [step] });
  expect(text).toContain(
    '| ResNet-18, 32 px, float32, batch 512 | 2,000 | 4,000 (ratio 0.50), 4 rounds | failed: no torch.compile / here | late: not done within 90 s |',
  );
});
