/**
 * Whether the program still is as fast as it was: runs the benchmarks beside PyTorch and compares the ratios with those
 * kept for this family of processors (bench/ratios.json). Ends with 1 where one is worse beyond what runs differ by or
 * failed, and with 0 where all are as they were, or nothing is kept for this family yet.
 *
 *   npm run bench:check -- [--only NAME ...] [--python PATH] [--keep]
 *
 * `--keep` puts what was measured into the table: on a machine that does nothing else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmarks, benchThreads, runBench } from '../src-main/trainer/bench/bench.ts';
import type { BenchResult } from '../src-main/trainer/bench/bench.ts';
import { compareRatios, processorFamily, withRatios } from './bench/ratios.ts';
import type { Ratios } from './bench/ratios.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    python: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const unknown = values.only?.find((name) => !benchmarks().includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is no benchmark ${unknown}: use ${benchmarks().join(', ')}\n`);
  process.exit(2);
}
// PyTorch's matrix products choose their own kernels, as they do for whoever installs it.
for (const name of ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE']) delete process.env[name];

const file = new URL('./bench/ratios.json', import.meta.url);
const table = JSON.parse(readFileSync(file, 'utf8')) as Ratios;
const family = processorFamily(benchThreads());
process.stdout.write(`${family}\n`);

const results: BenchResult[] = [];
let worst = 0;
try {
  for await (const result of runBench({ peer: true, only: values.only, python: values.python })) {
    results.push(result);
    for (const { name, verdict, text } of compareRatios([result], table[family] ?? {})) {
      process.stdout.write(`${verdict.padEnd(8)} ${name.padEnd(38)} ${text}\n`);
      if (verdict === 'worse' || verdict === 'failed') worst = 1;
    }
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
if (values.keep) {
  writeFileSync(file, `${JSON.stringify(withRatios(table, family, results), null, 2)}\n`);
  process.stdout.write('kept\n');
} else if (!table[family])
  process.stdout.write('nothing is kept for this family of processors: --keep puts these figures into the table\n');
process.exit(values.keep ? 0 : worst);
