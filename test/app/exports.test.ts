/** What is exported of embeddings: every format is read back, by its reader here or by one of others; and texts of any kind. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEmbeddings, openVectors, readCsv, readNpy, writeCsv } from '../../src-main/export/index.ts';
import { floatText } from '../../src-main/export/csv.ts';
import { exportFormats } from '../../shared/exports.ts';
import { spriteLayout } from '../../src-main/export/sprite.ts';
import { metadataLines } from '../../src-main/export/formats/projector.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lookalike-exports-'));
});
afterAll(() => rm(directory, { recursive: true }));

const names = [
  'plain.jpg',
  'with, comma.jpg',
  'with "quotes".jpg',
  'two\nlines\r\n.jpg',
  'tab\there.jpg',
  '名前 😀.jpg',
  'half \ud800 pair.jpg',
  '=1+1.jpg',
  '',
];
const n = names.length;
const d = 5;
const table = {
  ids: names.map((_, i) => `id${i}`),
  names,
  labels: ['cat', null, 'a,b', 'c"d', 'e\tf', '犬', '', 'h', 'i'],
  vectors: Float32Array.from(
    { length: n * d },
    (_, i) => [Math.fround(Math.sin(i) * 10 ** ((i % 9) - 4)), -0, 1e-40, 3.4e38, NaN][i % 5]!,
  ),
  n,
  d,
};
const well = names.map((name) => name.toWellFormed());

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const row of rows) out.push(row);
  return out;
}

describe('embeddings', () => {
  it('are written in four formats, and every file is read back', async () => {
    const folder = join(directory, 'embeddings');
    const report = await exportEmbeddings({
      ...table,
      directory: folder,
      formats: ['npy', 'csv', 'parquet', 'projector'],
    });
    expect(report.files.map((f) => f.file).sort()).toEqual([
      'embeddings.csv',
      'embeddings.npy',
      'embeddings.parquet',
      'images.csv',
      'projector/metadata.tsv',
      'projector/projector_config.pbtxt',
      'projector/tensors.tsv',
    ]);
    for (const { file, bytes } of report.files) expect((await readFile(join(folder, file))).length).toBe(bytes);
    expect(report.verified).toHaveLength(5);
    expect(report.verified.every((v) => v.difference === 0)).toBe(true);
    expect(new Set(report.snippets.map((s) => s.format))).toEqual(new Set(['npy', 'csv', 'parquet', 'projector']));
    expect(await readNpy(join(folder, 'embeddings.npy'))).toEqual({ shape: [n, d], data: table.vectors });
    const rows = await all(readCsv(join(folder, 'images.csv')));
    expect(rows[0]).toEqual(['row', 'id', 'name', 'label']);
    expect(rows.slice(1).map((row) => row[2])).toEqual(well);
    const numbers = await all(readCsv(join(folder, 'embeddings.csv')));
    expect(numbers[0]!.slice(0, 4)).toEqual(['id', 'name', 'label', 'e0']);
    expect(numbers).toHaveLength(n + 1);
  });

  it('are the same files where the numbers are read from a file as they are written', async () => {
    const [memory, file] = [join(directory, 'of memory'), join(directory, 'of a file')];
    const formats = ['npy', 'csv', 'parquet', 'projector', 'arrow'] as const;
    await exportEmbeddings({ ...table, directory: memory, formats });
    const vectors = await openVectors(join(memory, 'embeddings.npy'));
    const report = await exportEmbeddings({ ...table, vectors, directory: file, formats });
    vectors.close();
    expect(report.failures).toEqual([]);
    for (const { file: name } of report.files)
      expect(Buffer.compare(await readFile(join(file, name)), await readFile(join(memory, name))), name).toBe(0);
  });

  it("give Arrow's parquet reader the same table", async () => {
    const { readParquet } = await import('parquet-wasm/node');
    const folder = join(directory, 'parquet');
    await exportEmbeddings({ ...table, directory: folder, formats: ['parquet'] });
    const arrow = readParquet(new Uint8Array(await readFile(join(folder, 'embeddings.parquet'))));
    expect(arrow.numBatches).toBeGreaterThan(0);
    const { tableFromIPC } = await import('apache-arrow');
    const read = tableFromIPC(arrow.intoIPCStream());
    expect(read.schema.fields.map((f) => `${f.name}: ${String(f.type)}`)).toEqual([
      'id: Utf8',
      'name: Utf8',
      'label: Utf8',
      expect.stringMatching(/^embedding: List<Float32>$/i),
    ]);
    expect([...read.getChild('name')!]).toEqual(well);
    expect([...read.getChild('label')!]).toEqual(table.labels);
    const vectors = [...read.getChild('embedding')!].flatMap((row) => [...(row as Iterable<number>)]);
    expect(Float32Array.from(vectors)).toEqual(table.vectors);
  });

  it('give Arrow the same table as a file of its own, in several batches and in none', async () => {
    const { tableFromIPC } = await import('apache-arrow');
    const folder = join(directory, 'arrow');
    const report = await exportEmbeddings({ ...table, directory: folder, formats: ['arrow'] });
    expect(report).toMatchObject({ failures: [], verified: [{ file: 'embeddings.arrow', difference: 0 }] });
    const read = tableFromIPC(await readFile(join(folder, 'embeddings.arrow')));
    expect(read.schema.fields.map(({ name, type, nullable }) => `${name}: ${String(type)} ${nullable}`)).toEqual([
      'id: Utf8 false',
      'name: Utf8 false',
      'label: Utf8 true',
      `embedding: FixedSizeList[${d}]<Float32> false`,
    ]);
    expect([...read.getChild('id')!]).toEqual(table.ids);
    expect([...read.getChild('name')!]).toEqual(well);
    expect([...read.getChild('label')!]).toEqual(table.labels);
    const numbers = [...read.getChild('embedding')!].flatMap((row) => [...(row as Iterable<number>)]);
    expect(Float32Array.from(numbers)).toEqual(table.vectors);

    const wide = 2 << 20; // two rows to a batch
    const vectors = Float32Array.from({ length: 3 * wide }, (_, i) => i % 251);
    const large = { ids: ['a', 'b', 'c'], names: ['x', 'y', 'z'], labels: ['1', null, null], vectors, n: 3, d: wide };
    await exportEmbeddings({ ...large, directory: folder, formats: ['arrow'] });
    const several = tableFromIPC(await readFile(join(folder, 'embeddings.arrow')));
    expect([several.numRows, several.batches.length]).toEqual([3, 2]);
    expect([...several.getChild('label')!]).toEqual(['1', null, null]);
    const last = several.getChild('embedding')!.get(2) as { toArray(): Float32Array };
    const [one, other] = [last.toArray(), vectors.subarray(2 * wide)].map((row) =>
      Buffer.from(row.buffer, row.byteOffset, row.byteLength),
    );
    expect(one!.equals(other!)).toBe(true); // millions of numbers, which a matcher would go through one by one
    const none = { ids: [], names: [], labels: [], vectors: new Float32Array(), n: 0, d: 4 };
    await exportEmbeddings({ ...none, directory: folder, formats: ['arrow'] });
    expect(tableFromIPC(await readFile(join(folder, 'embeddings.arrow'))).numRows).toBe(0);
  });

  it('hold several row groups, and none', async () => {
    const many = 3;
    const wide = 2 << 20; // two rows to a group
    const vectors = Float32Array.from({ length: many * wide }, (_, i) => i % 251);
    const large = {
      ids: ['a', 'b', 'c'],
      names: ['a', 'b', 'c'],
      labels: [null, null, null],
      vectors,
      n: many,
      d: wide,
    };
    const report = await exportEmbeddings({ ...large, directory: join(directory, 'groups'), formats: ['parquet'] });
    expect(report.verified[0]).toMatchObject({ difference: 0, reader: 'hyparquet' });
    const none = { ids: [], names: [], labels: [], vectors: new Float32Array(0), n: 0, d: 4 };
    await exportEmbeddings({
      ...none,
      directory: join(directory, 'none'),
      formats: ['npy', 'csv', 'parquet', 'projector'],
    });
  });

  it('are JSON Lines that any JSON reader takes apart, number by number', async () => {
    const finite = { ...table, vectors: table.vectors.map((x, i) => (Number.isFinite(x) ? x : i / 3)) };
    const folder = join(directory, 'jsonl');
    const report = await exportEmbeddings({ ...finite, directory: folder, formats: ['jsonl'] });
    expect(report).toMatchObject({ failures: [], verified: [{ file: 'embeddings.jsonl', difference: 0 }] });
    const text = await readFile(join(folder, 'embeddings.jsonl'), 'utf8');
    const rows = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => row['name'])).toEqual(well);
    expect(rows.map((row) => row['label'])).toEqual(table.labels);
    expect(Float32Array.from(rows.flatMap((row) => row['embedding'] as number[]))).toEqual(
      finite.vectors.map((x) => x || 0),
    ); // the text of -0 is 0
    expect(text.length).toBeLessThan(JSON.stringify(Array.from(finite.vectors)).length + 100 * n); // no doubles

    const refused = await exportEmbeddings({ ...table, directory: folder, formats: ['jsonl'] });
    expect(refused.failures).toMatchObject([{ format: 'jsonl', error: { code: 'unsupported' } }]);
  });

  it('show the photos in the projector, each at its own place', async () => {
    const size = 32;
    const colour = (row: number) => [row * 25, 255 - row * 25, row % 2 ? 200 : 10];
    const of = (row: number) => Uint8Array.from({ length: size * size * 3 }, (_, i) => colour(row)[i % 3]!);
    const folder = join(directory, 'sprite');
    const report = await exportEmbeddings({
      ...table,
      directory: folder,
      formats: ['projector'],
      pictures: { size, of },
    });
    expect(report.files.map(({ file }) => file)).toContain('projector/sprite.png');
    expect(report.verified).toContainEqual({ file: 'projector/sprite.png', difference: 0, reader: 'libvips' });
    const { data, info } = await sharp(join(folder, 'projector', 'sprite.png'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const columns = Math.ceil(Math.sqrt(n)); // square, as TensorBoard reads it
    expect(info).toMatchObject({ width: columns * size, height: Math.ceil(n / columns) * size });
    for (let row = 0; row < n; row++) {
      const at = (Math.floor(row / columns) * size + 5) * info.width + (row % columns) * size + 5;
      expect([...data.subarray(at * info.channels, at * info.channels + 3)]).toEqual(colour(row));
    }
    const config = await readFile(join(folder, 'projector', 'projector_config.pbtxt'), 'utf8');
    expect(config).toContain(
      '  sprite {\n    image_path: "sprite.png"\n    single_image_dim: 32\n    single_image_dim: 32\n  }\n}',
    );
    // At most 8192 pixels on a side, whatever the number of photos; too many to be seen have none.
    expect(spriteLayout(100, 128)).toEqual({ side: 64, columns: 10 });
    expect(spriteLayout(100_000, 128)).toEqual({ side: 25, columns: 317 });
    expect(spriteLayout(2_000_000, 128)).toBeNull();
  });

  it('of one format that fails do not take the others along', async () => {
    const folder = join(directory, 'half');
    await mkdir(join(folder, 'embeddings.csv'), { recursive: true }); // a folder is in the way
    const report = await exportEmbeddings({ ...table, directory: folder, formats: ['csv', 'npy', 'parquet'] });
    expect(report.failures).toMatchObject([{ format: 'csv', error: { code: 'write-failed' } }]);
    expect(report.files.map(({ format }) => format)).toEqual(['npy', 'npy', 'parquet']);
  });

  it.each(exportFormats.map(({ id }) => id))('have what writes %s', async (format) => {
    const { write } = (await import(`../../src-main/export/formats/${format}.ts`)) as { write: unknown };
    expect(write).toBeTypeOf('function');
  });

  it('refuse what does not add up or cannot be written', async () => {
    const formats = ['npy'] as const;
    await expect(exportEmbeddings({ ...table, n: n + 1, directory, formats })).rejects.toMatchObject({
      code: 'bad-shape',
    });
    await writeFile(join(directory, 'file'), '');
    await expect(exportEmbeddings({ ...table, directory: join(directory, 'file'), formats })).rejects.toMatchObject({
      code: 'write-failed',
    });
  });
});

describe('text formats', () => {
  it('CSV reads back what it wrote, across pieces of the file', async () => {
    const path = join(directory, 'long.csv');
    const rows = Array.from({ length: 40_000 }, (_, i) => [
      String(i),
      `"${'x'.repeat(i % 60)}\r\n,"`,
      i % 3 ? '' : ' ',
    ]);
    await writeCsv(path, ['a', 'b', 'c'], rows);
    expect(await all(readCsv(path))).toEqual([['a', 'b', 'c'], ...rows]);
  });

  it('numbers are the shortest that read back', () => {
    expect(floatText(Math.fround(0.1))).toBe('0.1');
    expect(floatText(-0)).toBe('0');
    for (const x of [1 / 3, 16777217, 1e-45, 3.4028234e38, 123456.789, -7.006492e-46 * 3])
      expect(Math.fround(Number(floatText(Math.fround(x))))).toBe(Math.fround(x));
    expect([NaN, Infinity, -Infinity].map(floatText)).toEqual(['nan', 'inf', '-inf']);
  });

  it('the projector gets a header for two columns and none for one, and no line is blank', () => {
    expect([...metadataLines([{ name: 'name', values: ['a\tb', ' ', 'c\nd'] }])]).toEqual(['a b\n', '-\n', 'c d\n']);
    expect([
      ...metadataLines([
        { name: 'x', values: ['1'] },
        { name: 'y', values: ['2'] },
      ]),
    ]).toEqual(['x\ty\n', '1\t2\n']);
  });
});
