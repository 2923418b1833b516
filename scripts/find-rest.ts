/**
 * How well the rest of a tag is found: trains on a folder with labelled subfolders, tags a few photos of one class, and
 * answers candidates as a person would by the truth of the folder's names, to a share of all of them. Prints the answers
 * it took and, at five points, how many the application said there are beside how many there are.
 *
 *   node scripts/find-rest.ts FOLDER CLASS [--few 5] [--recall 0.95] [--epochs 1] [--preset quick] [--most 400]
 *
 * A person sees 24 candidates at a time and gives an answer by one press: that all of them belong, or which is the first
 * that does not (all before it do). FOLDER is only read.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { IdList } from '../shared/idList.ts';
import { createApp } from '../src-main/app/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    few: { type: 'string', default: '5' },
    recall: { type: 'string', default: '0.95' },
    epochs: { type: 'string', default: '1' },
    preset: { type: 'string', default: 'quick' },
    most: { type: 'string', default: '400' },
  },
});
const [folder, wanted] = positionals;
if (!folder || !wanted) throw new Error('usage: node scripts/find-rest.ts FOLDER CLASS [--few N] [--recall R]');
const [few, recall, epochs, most] = [values.few, values.recall, values.epochs, values.most].map(Number) as [
  number,
  number,
  number,
  number,
];
const PAGE = 24;
const points = [0.1, 0.25, 0.5, 0.75, recall];

const home = mkdtempSync(join(tmpdir(), 'lookalike-find-'));
const app = await createApp({ home, host: { kind: 'test', version: '0' } });
const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo())) await new Promise((next) => setTimeout(next, 200));
};
try {
  const { id: datasetId } = await app.handle('library.add', { folder: resolve(folder), read: false });
  await until(async () => (await app.handle('library.get', { datasetId })).scannedAt !== null);
  const created = await app.handle('runs.create', {
    datasetId,
    name: 'find',
    preset: values.preset as 'quick',
    patch: { epochs, minutes: null },
    clonedFrom: null,
  });
  const run = () => app.handle('runs.get', { runId: created.id });
  await until(async () => ['finished', 'failed'].includes((await run()).state));
  const { state, error, trainingSeconds } = await run();
  if (state === 'failed') throw new Error(error?.message);
  const { id: taskId } = await app.handle('explore.embed', { runId: created.id });
  const task = async () => (await app.handle('tasks.list', null)).find(({ id }) => id === taskId)!;
  await until(async () => !['queued', 'running'].includes((await task()).state));
  const { resultId: embeddingSetId, error: why } = await task();
  if (embeddingSetId === null) throw new Error(why?.message);

  const photos = await app.handle('photos.list', {
    imageIds: [...IdList.read(await app.handle('photos.ids', { datasetId }))],
  });
  const belong = photos.flatMap(({ id, label }) => (label === wanted ? [id] : []));
  if (belong.length <= few) throw new Error(`${folder} has ${belong.length} photos of ${wanted}: choose another class`);
  const isOf = new Set(belong);
  const { id: tagId } = await app.handle('tags.create', { name: wanted });
  const chosen = Array.from({ length: few }, (_, i) => belong[Math.floor((i * belong.length) / few)]!);
  await app.handle('tags.set', { tagId, imageIds: chosen, on: true });

  let [answers, looked] = [0, 0];
  const said: {
    tagged: number;
    answers: number;
    looked: number;
    estimated: number | null;
    range: [number, number] | null;
    estimatedShare: number | null;
    share: number;
  }[] = [];
  const took: number[] = [];
  /** Of all rankings: how often a number or a range was said, and was right (a number: within a fifth). */
  const right = { rankings: 0, numbers: 0, near: 0, ranges: 0, around: 0 };
  for (;;) {
    const {
      imageIds: ids,
      tagged,
      estimated,
      range,
      separability,
      apart,
      milliseconds,
    } = await app.handle('explore.find', { embeddingSetId, tagId, count: PAGE });
    took.push(milliseconds);
    right.rankings++;
    if (range) {
      right.ranges++;
      right.around += Number(range[0] <= belong.length && belong.length <= range[1]);
    } else if (estimated !== null) {
      right.numbers++;
      right.near += Number(Math.abs(Math.log(estimated / belong.length)) < Math.log(1.25));
    }
    const share = tagged / belong.length;
    if (said.length < points.length && share >= points[said.length]!)
      said.push({ tagged, answers, looked, estimated, range, estimatedShare: estimated && tagged / estimated, share });
    if (share >= recall || answers >= most) {
      const median = took.sort((a, b) => a - b)[took.length >> 1];
      const facts = { folder, class: wanted, photos: photos.length, truth: belong.length, few, trainingSeconds };
      console.log(
        JSON.stringify(
          { ...facts, recall: share, answers, looked, separability, apart, rankingMs: median, said, right },
          null,
          2,
        ),
      );
      break;
    }
    const at = ids.findIndex((id) => !isOf.has(id));
    const first = at < 0 ? ids : ids.slice(0, at);
    if (first.length > 0) await app.handle('tags.set', { tagId, imageIds: first, on: true });
    if (at >= 0) await app.handle('tags.reject', { tagId, imageIds: [ids[at]!], on: true });
    looked += at < 0 ? ids.length : at + 1;
    answers++;
  }
} finally {
  await app.close();
  rmSync(home, { recursive: true, force: true });
}
