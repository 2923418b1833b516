/**
 * A run with a teacher: it learns from an ONNX file or from weights, goes on to the same parameters when that file is
 * gone, uses what was asked once again, and says of a file that is no encoder that it is none.
 */
import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backboneShapes } from '../../shared/backbone.ts';
import type { TrainJob } from '../../shared/contract/job.ts';
import type { Report } from '../../shared/contract/report.ts';
import { encodeSafetensors } from '../../src-main/export/index.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import { Control } from '../../src-main/trainer/control.ts';
import { openTeacher } from '../../src-main/trainer/teacher/index.ts';
import { lookAtTeacher } from '../../src-main/trainer/teacher/look.ts';
import { finalState, makeWorkplace, newestCheckpoint, startHere, trainJob } from './trainerHarness.ts';
import type { Workplace } from './trainerHarness.ts';

interface Weights {
  shape: number[];
  data: Float32Array;
}

let place: Workplace;
let file: string;
beforeAll(async () => {
  place = await makeWorkplace(24);
  file = join(place.root, 'teacher.onnx');
  copyFileSync(fileURLToPath(new URL('../fixtures/frozen/resnet.onnx', import.meta.url)), file);
}, 60_000);
afterAll(() => place.remove());

const taught = (name: string, more: Partial<TrainJob> = {}): TrainJob =>
  trainJob(place, name, { teacher: { from: file, weight: 0.5 } }, { teacher: { file, ofRun: false }, ...more });
const context = (said: Report[] = []) => ({
  report: (report: Report) => void said.push(report),
  control: new Control(),
  backend: onnxRuntime,
  watch: () => {},
  later: () => {},
});
const asked = (reports: Report[]) =>
  reports.filter((report) => report.type === 'progress' && report.key === 'doing.asking-teacher').length;

it('trains with a teacher, and goes on to the same parameters when its file is gone', async () => {
  const straight = startHere(taught('straight'));
  expect(await straight.ended).toMatchObject({ type: 'done' });
  expect(asked(straight.reports)).toBeGreaterThan(0);

  const job = taught('stopped');
  const first = startHere(job);
  await first.until(({ type }) => type === 'steps');
  first.send({ type: 'stop', now: false });
  expect(await first.ended).toEqual({ type: 'stopped', saved: true });
  await first.exited;
  expect(asked(first.reports)).toBe(0); // what it said is kept for every run
  expect(readdirSync(join(place.cacheDirectory, 'teachers'))).toHaveLength(1);

  rmSync(join(place.cacheDirectory, 'teachers'), { recursive: true });
  const resumeFrom = await newestCheckpoint(job.directory);
  const again = startHere({ ...job, teacher: null, resumeFrom });
  expect(await again.ended).toMatchObject({ type: 'done' });
  expect(await finalState(job.directory)).toEqual(await finalState(taught('straight').directory));
  expect(await finalState(job.directory)).not.toEqual(await untaught());
}, 90_000);

/** The same run without a teacher, in what both have. */
async function untaught() {
  const job = trainJob(place, 'untaught');
  expect(await startHere(job).ended).toMatchObject({ type: 'done' });
  const taughtToo = await finalState(taught('straight').directory);
  const alone = await finalState(job.directory);
  expect([...taughtToo.keys()].filter((name) => !alone.has(name)).sort()).toEqual([
    'method.teacher.bias',
    'method.teacher.weight',
    'optimizer.momentum.method.teacher.bias',
    'optimizer.momentum.method.teacher.weight',
  ]);
  return new Map([...taughtToo].map(([name, bytes]) => [name, alone.get(name) ?? bytes]));
}

describe('what it says of the photos', () => {
  const photos = () => ({ numbers: new Map(place.images.map(({ id }, i) => [id, i])) });

  it('is made again where its file is damaged, and missed where the teacher is gone as well', async () => {
    const job = taught('damaged');
    const before = (await openTeacher(job, photos(), context()))!(['id-3', 'id-0']);
    expect(before.slice(24, 256).every((value) => value === 0)).toBe(true); // it makes 24 numbers
    expect(before.slice(0, 24).some((value) => value !== 0)).toBe(true);
    const own = join(job.directory, 'teacher.safetensors');
    writeFileSync(own, 'damaged');
    rmSync(join(place.cacheDirectory, 'teachers'), { recursive: true });
    await expect(openTeacher({ ...job, teacher: null }, photos(), context())).rejects.toMatchObject({
      key: 'cannot-start.teacher-gone',
    });
    const said: Report[] = [];
    expect((await openTeacher(job, photos(), context(said)))!(['id-3', 'id-0'])).toEqual(before);
    expect(asked(said)).toBeGreaterThan(0);
  });

  it('may come from weights of a ResNet, whose pictures are as large as the run’s where its stem is small', async () => {
    const weights = join(place.root, 'known.safetensors');
    const shapes = [...backboneShapes({ name: 'resnet18', width: 0.125, stem: 'cifar' })];
    const filled = shapes.map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => Math.sin(i));
      return [name, { shape: [...shape], data: /var/.test(name) ? data.fill(1) : data }] as [string, Weights];
    });
    writeFileSync(weights, encodeSafetensors(new Map(filled)));
    const teacher = { file: weights, ofRun: false };
    const job = { ...taught('weights'), teacher };
    const look = await lookAtTeacher({ kind: 'teacher', teacher, config: job.config }, context());
    expect(look).toMatchObject({ kind: 'teacher', look: { dimensions: 64, licence: '', origin: '' } });
    const targets = (await openTeacher(job, photos(), context()))!(['id-1']);
    expect(targets.slice(0, 64).some((value) => value !== 0)).toBe(true);
  });
});

it.each([
  ['words.onnx', 'bad-encoder.not-onnx'],
  ['words.safetensors', 'bad-encoder.not-weights'],
  ['words.pth', 'bad-encoder.not-weights'],
] as const)('says that %s is no encoder', async (name, key) => {
  const path = join(place.root, name);
  writeFileSync(path, 'These are words, and no network at all.');
  const { config } = taught('none');
  const teacher = { file: path, ofRun: false };
  await expect(lookAtTeacher({ kind: 'teacher', teacher, config }, context())).rejects.toMatchObject({
    key,
    message: expect.stringContaining(name) as string,
  });
});
