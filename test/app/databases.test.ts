/**
 * What is exported loads into databases by the manual's own lines: DuckDB, LanceDB and PostgreSQL with pgvector, as npm
 * has them (PGlite is PostgreSQL in WebAssembly). They are installed here, in test/databases, when this is run: nobody
 * else needs their hundred megabytes. Where the registry cannot be had, that is said and nothing is tried.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { exportEmbeddings } from '../../src-main/export/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { chapter, root } from '../helpers/manualSteps.ts';
import { random } from '../helpers/random.ts';

const run = promisify(execFile);
const databases = join(root, 'test', 'databases');
const directory = sharedFolder('databases');
const n = 60;
const d = 16;
const names = Array.from({ length: n }, (_, i) => `discs/${i}.jpg`);
const next = random(3);
const vectors = Float32Array.from({ length: n * d }, () => 2 * next() - 1);

/** Why there are no databases to try; null where there are. */
let lacking: string | null = null;

beforeAll(async () => {
  const report = await exportEmbeddings({
    ids: names.map((_, i) => `id-${i}`),
    names,
    labels: names.map((_, i) => (i % 3 === 0 ? null : `"${i}", ü`)),
    ...{ vectors, n, d, directory },
    formats: ['arrow', 'jsonl', 'parquet'],
  });
  expect(report.failures).toEqual([]);
  if (existsSync(join(databases, 'node_modules', 'apache-arrow'))) return;
  // not `npm ci`: the registry lacks a database's files for systems that are not this one
  const npm = run('npm', ['install', '--no-save'], { cwd: databases, shell: process.platform === 'win32' });
  lacking = await npm.then(() => null, (error: unknown) => `No databases to try: ${String(error).slice(0, 400)}`); // prettier-ignore
  if (lacking) console.log(lacking);
}, 300_000);

/** The lines that the manual has under a database's name, for this many numbers. */
function lines(database: string, language: string): string {
  const block = new RegExp(
    `^${database}:\\n(?:\\n|\`\`\`[^]*?\`\`\`\\n|[^\`#].*\\n)*?\`\`\`${language}\\n([^]*?)\`\`\``,
    'm',
  );
  const found = block.exec(chapter('en', 'exports'))?.[1];
  if (found === undefined) throw new Error(`the manual has no ${language} under ${database}`);
  return found.replaceAll('128', String(d)).replaceAll('discs/1.jpg', names[1]!);
}

const cosine = (a: number, b: number): number => {
  const row = (i: number) => vectors.subarray(i * d, (i + 1) * d);
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return product(row(a), row(b)) / Math.sqrt(product(row(a), row(a)) * product(row(b), row(b)));
};
/** The ten nearest of a photo, it before all, by an independent computation. */
const nearest = (of: number): string[] =>
  names
    .map((name, i) => ({ name, near: cosine(of, i) }))
    .toSorted((a, b) => b.near - a.near)
    .slice(0, 10)
    .map(({ name }) => name);

const from = createRequire(join(databases, 'package.json'));
const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(from.resolve(name)).href)) as T;

interface DuckDb {
  DuckDBInstance: {
    create(path: string): Promise<{ connect(): Promise<{ runAndReadAll(sql: string): Promise<Rows> }> }>;
  };
}
interface Rows {
  getRowObjects(): { name: string; cosine: number }[];
}
it('DuckDB finds the nearest in the Parquet file', async ({ skip }) => {
  if (lacking) skip(lacking);
  const { DuckDBInstance } = await load<DuckDb>('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const sql = lines('DuckDB', 'sql').replaceAll("'embeddings.parquet'", `'${join(directory, 'embeddings.parquet')}'`);
  const rows = (await connection.runAndReadAll(sql)).getRowObjects();
  expect(rows.map(({ name }) => name)).toEqual(nearest(1));
  expect(rows[1]!.cosine).toBeCloseTo(cosine(1, names.indexOf(rows[1]!.name)), 5);
});

it('LanceDB finds the nearest in the Arrow file', async ({ skip }) => {
  if (lacking) skip(lacking);
  symlinkSync(join(databases, 'node_modules'), join(directory, 'node_modules'), 'junction');
  const script = join(directory, 'lance.mjs');
  writeFileSync(script, `${lines('LanceDB', 'js')}\nconsole.log(JSON.stringify(nearest.map(({ name }) => name)));\n`);
  const { stdout } = await run(process.execPath, [script], {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual(nearest(0));
});

interface Postgres {
  exec(sql: string): Promise<unknown>;
  query(sql: string, values: unknown[], options: { blob?: Blob }): Promise<{ rows: { name: string; label: string }[] }>;
  close(): Promise<void>;
}
it('pgvector finds the nearest in the JSON Lines', async ({ skip }) => {
  if (lacking) skip(lacking);
  const { PGlite } = await load<{ PGlite: { create(options: object): Promise<Postgres> } }>('@electric-sql/pglite');
  const { vector } = await load<{ vector: object }>('@electric-sql/pglite-pgvector');
  const postgres = await PGlite.create({ extensions: { vector } });
  const [before, copied, after] = lines('PostgreSQL, pgvector', 'sql').split(/^\\(copy .*)$/m);
  await postgres.exec(before!);
  // psql's own \copy sends a file of the client; here the file is handed to the server's COPY
  const blob = new Blob([readFileSync(join(directory, 'embeddings.jsonl'))]);
  await postgres.query(copied!.replace("'embeddings.jsonl'", "'/dev/blob'"), [], { blob });
  await postgres.exec(after!);
  const asked = `SELECT name, label FROM photos ORDER BY embedding <=> (SELECT embedding FROM photos WHERE name = $1) LIMIT 10`;
  const { rows } = await postgres.query(asked, [names[1]], {});
  expect(rows.map(({ name }) => name)).toEqual(nearest(1));
  expect(rows[0]!.label).toBe('"1", ü');
  await postgres.close();
});
