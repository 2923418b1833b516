/** Parts of files beyond the library: their places in exported tables, and splits that do not cut a file apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects, asyncBufferFromFile } from 'hyparquet';
import { expect, it } from 'vitest';
import { csvRecords } from '../../shared/csv.ts';
import { knnClassify } from '../../src-main/evaluate/index.ts';
import { exportEmbeddings } from '../../src-main/export/index.ts';
import { sampled } from '../../src-main/trainer/evaluateJob.ts';
import { split } from '../../src-main/trainer/labelled.ts';
import { rowsOf } from '../../src-main/evaluate/rows.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('parts');

it('every table of embeddings says where a tile lies in its file', async () => {
  const tile = { file: 'm.tif', page: null, x: 512, y: 0, width: 512, height: 500 };
  const whole = { file: 's.tif', page: 2, x: 0, y: 0, width: 40, height: 30 };
  const report = await exportEmbeddings({
    ids: ['a', 'b'],
    names: ['m.tif#xywh=512,0,512,500', 's.tif#page=2'],
    labels: ['map', null],
    places: [tile, whole],
    vectors: Float32Array.of(1, 2, 3, 4),
    n: 2,
    d: 2,
    directory,
    formats: ['csv', 'jsonl', 'npy', 'parquet', 'projector'],
  });
  expect(report.failures).toEqual([]);
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const header = ['file', 'page', 'x', 'y', 'width', 'height'];
  const cells = ['m.tif', '', '512', '0', '512', '500'];
  expect(csvRecords(read('embeddings.csv')).map((row) => row.slice(3, 9))).toEqual([
    header,
    cells,
    ['s.tif', '2', '0', '0', '40', '30'],
  ]);
  expect(csvRecords(read('images.csv'))[1]!.slice(4)).toEqual(cells);
  expect(JSON.parse(read('embeddings.jsonl').split('\n')[1]!)).toMatchObject({ ...whole, embedding: [3, 4] });
  expect(read('projector/metadata.tsv').split('\n')[1]!.split('\t').slice(-6)).toEqual(cells);
  const file = await asyncBufferFromFile(join(directory, 'embeddings.parquet'));
  expect(await parquetReadObjects({ file })).toMatchObject([tile, whole]);
});

it('a counted split keeps the parts of a file together, and a neighbour of the same file does not vote', async () => {
  const n = 60;
  const d = 2;
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const groups = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 6));
  const features = rowsOf(new Float32Array(n * d).fill(1), d);
  const rows = { ids: [...labels.keys()].map(String), features, labels, groups };
  for (const seed of [0, 1, 2]) {
    const { train, test } = split(rows, 2, seed);
    expect(new Set(train.groups).intersection(new Set(test.groups)).size).toBe(0);
    expect(test.labels.length).toBeGreaterThanOrEqual(12);
    expect(train.labels.length).toBeGreaterThan(36);
  }
  const single = split({ ...rows, groups: new Int32Array(n).fill(-1) }, 2, 0);
  expect(single.test.labels.length).toBe(12);

  // two files of each class; the tiles of a file are nearly alike, the other file of the class is a little farther
  const angles = [0, 0.01, 0.3, 0.31, 0.2, 0.21, 0.5, 0.51];
  const bank = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  const input = { bank, bankLabels: Int32Array.of(0, 0, 1, 1, 1, 1, 0, 0), d, classes: 2, k: 1, temperature: 0.1 };
  expect((await knnClassify(input)).accuracy).toBe(1);
  const ask = async (more: object) => {
    const voters: number[] = [];
    const asking = { ...input, groups: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3), ...more };
    const result = await knnClassify(asking, { onVoters: ({ indices }) => voters.push(...indices) });
    return { ...result, voters };
  };
  const apart = await ask({});
  expect(apart.voters).toEqual([4, 4, 5, 5, 3 - 1, 3 - 1, 3, 3]);
  expect(apart.accuracy).toBe(0.5);
  const some = await ask({ asked: Int32Array.of(7, 2) });
  expect(some.voters).toEqual([apart.voters[7], apart.voters[2]]);
  expect([...some.predictions]).toEqual([apart.predictions[7], apart.predictions[2]]);
});

it('of very many photos a counted sample asks, the same for the same seed', () => {
  expect(sampled(50_000, 50_000, 0)).toBeNull();
  expect(sampled(1000, 2_000_000, 0)).toBeNull();
  const some = sampled(60_000, 100_000, 3)!;
  expect(some.length).toBe(25_000);
  expect([...some]).toEqual([...new Set(some)].sort((a, b) => a - b));
  expect(sampled(60_000, 100_000, 3)).toEqual(some);
  expect(sampled(60_000, 100_000, 4)).not.toEqual(some);
  expect(sampled(1_000_000, 1_000_000, 0)!.length).toBe(20_000);
});
