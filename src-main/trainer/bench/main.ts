/**
 * The benchmarks as a program, which `lookalike bench` starts:
 *
 *   node src-main/trainer/bench/main.ts [--peer] [--python PATH] [--only NAME ...] [--json]
 */
import { parseArgs } from 'node:util';
import { BENCHMARKS, benchThreads, runBench } from './bench.ts';
import type { BenchResult } from './bench.ts';

const { values } = parseArgs({
  options: { peer: { type: 'boolean' }, python: { type: 'string' }, only: { type: 'string', multiple: true }, json: { type: 'boolean' } },
});
const unknown = values.only?.find((name) => !BENCHMARKS.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is no benchmark ${unknown}: use ${BENCHMARKS.join(', ')}\n`);
  process.exit(2);
}

const figure = (value: number): string => value.toPrecision(4).replace(/\.?0+$/, '');
const line = ({ name, value, unit, peer, peerName, ratio }: BenchResult): string =>
  `${name.padEnd(34)} ${figure(value)} ${unit}${peer === null ? '' : `; ${peerName} ${figure(peer)}, ratio ${figure(ratio!)}`}\n`;

const results: BenchResult[] = [];
try {
  for await (const result of runBench(values)) {
    results.push(result);
    (values.json ? process.stderr : process.stdout).write(line(result));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
if (values.json) process.stdout.write(`${JSON.stringify({ device: 'cpu', threads: benchThreads(), results })}\n`);
process.exit(0);
