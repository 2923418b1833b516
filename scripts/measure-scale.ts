/**
 * How cost grows with the collection: each operation at several sizes, in a process of its own, by processor seconds
 * (user and system, all threads), peak memory of that process and the exponent between the first size and the last.
 * Data is synthetic: embeddings in 2,000 unequal clusters with 12 latent dimensions and 1 % bursts, sketches with
 * planted copies among look-alikes, rows of a database, files of 100 bytes. With --keep what each process says stands in
 * a folder and is taken from there the next time, so that a table of hours can be stopped and gone on with.
 *
 *   node scripts/measure-scale.ts [--sizes 10000,100000] [--only graph,query] [--threads 2]
 *     [--keep FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { operations } from './scale/operations.ts';
import type { Operation } from './scale/operations.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000' },
    /** Beginnings of the rows to print. */
    only: { type: 'string' },
    threads: { type: 'string', default: '2' },
    keep: { type: 'string' },
    /** Given only to the processes that this one starts, with `count`: which operation each measures, at which size. */
    operation: { type: 'string' },
    count: { type: 'string', default: '0' },
  },
});
const wanted = values.only?.split(',');
const wants = (row: string) => !wanted || wanted.some((start) => row.startsWith(start));

interface Measured {
  row: string;
  seconds: number;
  note: string | null;
}
interface Told {
  measured: Measured[];
  megabytes: number;
}

async function one({ run }: Operation, n: number): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-scale-'));
  const measured: Measured[] = [];
  try {
    await run(n, {
      folder,
      threads: Number(values.threads),
      wants,
      note: (text) => (measured.at(-1)!.note = text),
      async measure(row, work, times = 1) {
        const before = process.cpuUsage();
        const result = await work();
        const { user, system } = process.cpuUsage(before);
        measured.push({ row, seconds: (user + system) / 1e6 / times, note: null });
        return result;
      },
    });
    return { measured, megabytes: process.resourceUsage().maxRSS / 1024 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const time = (seconds: number) => (seconds < 1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toFixed(1)} s`);

/** Where what an operation's process says of some rows is kept. */
function place(at: number, n: number): string | null {
  if (values.keep === undefined) return null;
  const rows = operations[at]!.rows.filter(wants).join(', ');
  return join(values.keep, `${rows.replaceAll(/[^a-z0-9]+/g, '-')}-${n}.json`);
}

function toldBefore(at: number, n: number): Told | null {
  const file = place(at, n);
  return file !== null && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Told) : null;
}

function tell(at: number, n: number): Told {
  const only = values.only === undefined ? [] : ['--only', values.only];
  const args = ['--threads', values.threads, '--operation', String(at), '--count', String(n), ...only];
  const said = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: 'utf8' });
  const file = place(at, n);
  if (file !== null) {
    mkdirSync(values.keep!, { recursive: true });
    writeFileSync(file, said);
  }
  return JSON.parse(said) as Told;
}

function table(): void {
  const sizes = values.sizes.split(',').map(Number);
  console.log(`| operation | ${sizes.map((n) => n.toLocaleString('en')).join(' | ')} | exponent |`);
  console.log(`| --- | ${sizes.map(() => '---').join(' | ')} | --- |`);
  for (const [at, { rows }] of operations.entries()) {
    if (!rows.some(wants)) continue;
    const told = sizes.map((n) => toldBefore(at, n) ?? tell(at, n));
    for (const row of rows.filter(wants)) {
      const cells = told.map(({ measured }) => measured.find((one) => one.row === row)!);
      const exponent = Math.log(cells.at(-1)!.seconds / cells[0]!.seconds) / Math.log(sizes.at(-1)! / sizes[0]!);
      const shown = cells.map(
        ({ seconds, note }, i) =>
          `${time(seconds)}, ${Math.round(told[i]!.megabytes)} MB${note === null ? '' : `, ${note}`}`,
      );
      console.log(`| ${row} | ${shown.join(' | ')} | ${sizes.length > 1 ? exponent.toFixed(1) : ''} |`);
    }
  }
}

if (values.operation === undefined) table();
else console.log(JSON.stringify(await one(operations[Number(values.operation)]!, Number(values.count))));
