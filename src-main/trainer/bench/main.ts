/**
 * The benchmarks as a program, which `lookalike bench` starts:
 *
 *   node src-main/trainer/bench/main.ts [--device cpu|webgpu|dml|cuda] [--peer] [--python PATH] [--only NAME ...] [--json]
 */
import { parseArgs } from 'node:util';
import { DEVICES } from '../../engine/index.ts';
import { benchmarks, benchThreads, runBench } from './bench.ts';
import type { BenchResult } from './bench.ts';
import type { Profile } from './work.ts';

const { values } = parseArgs({
  options: { device: { type: 'string', default: 'cpu' }, peer: { type: 'boolean' }, python: { type: 'string' }, only: { type: 'string', multiple: true }, json: { type: 'boolean' } },
});
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};
const device = DEVICES.find((name) => name === values.device) ?? refuse(`there is no device ${values.device}: use ${DEVICES.join(', ')}`);
const unknown = values.only?.find((name) => !benchmarks(device).includes(name));
if (unknown !== undefined) refuse(`there is no benchmark ${unknown}: use ${benchmarks(device).join(', ')}`);

const figure = (value: number): string => value.toPrecision(4).replace(/\.?0+$/, '');
const line = ({ name, value, unit, peer, peerName, ratio }: BenchResult): string =>
  `${name.padEnd(38)} ${figure(value)} ${unit}${peer === null ? '' : `; ${peerName} ${figure(peer)}, ratio ${figure(ratio!)}`}\n`;

const MOST_OPERATORS = 8;
/** Where the time of a step goes, a line each. */
function profileLines({ step, kernels, host, copied, operators, fallback }: Profile): string {
  const megabytes = (bytes: number) => `${figure(bytes / 1e6)} MB`;
  const lines = [
    `profiled step ${figure(step)} ms: host ${figure(host)} ms${kernels === null ? '' : `, kernels ${figure(kernels)} ms`}; copied to the device ${megabytes(copied.toDevice)}, back ${megabytes(copied.fromDevice)}`,
    `operators: ${operators.slice(0, MOST_OPERATORS).map((o) => `${o.operator} ${figure(o.nodes)} x, ${figure(o.milliseconds)} ms`).join('; ')}`,
    `elsewhere: ${fallback.length === 0 ? 'nothing' : fallback.map((o) => `${o.operator} ${figure(o.nodes)} x on ${o.provider}`).join('; ')}`,
  ];
  return lines.map((text) => `  ${text}\n`).join('');
}

const results: BenchResult[] = [];
try {
  for await (const result of runBench({ ...values, device })) {
    results.push(result);
    (values.json ? process.stderr : process.stdout).write(line(result) + (result.profile ? profileLines(result.profile) : ''));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
if (values.json) process.stdout.write(`${JSON.stringify({ device, threads: benchThreads(), results })}\n`);
process.exit(0);
