/**
 * The benchmarks as a program, which `lookalike bench` starts:
 *
 *   node src-main/trainer/bench/main.ts [--device cpu|webgpu|dml|cuda] [--peer] [--python PATH] [--only NAME ...] [--json]
 */
import { parseArgs } from 'node:util';
import { DEVICES } from '../../engine/index.ts';
import { benchmarks, benchThreads, runBench } from './bench.ts';
import type { BenchResult } from './bench.ts';
import { figure } from './figure.ts';
import type { Profile } from './work.ts';
import { wordsOf } from '../../../shared/errors.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    peer: { type: 'boolean' },
    python: { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
});
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};
const device =
  DEVICES.find((name) => name === values.device) ??
  refuse(`there is no device ${values.device}: use ${DEVICES.join(', ')}`);
const unknown = values.only?.find((name) => !benchmarks(device).includes(name));
if (unknown !== undefined) refuse(`there is no benchmark ${unknown}: use ${benchmarks(device).join(', ')}`);

function line({ name, value, unit, peer, peerName, ratio, apart, error, peerError }: BenchResult): string {
  const ours = value === null ? `failed: ${error}` : `${figure(value)} ${unit}`;
  const theirs =
    peer === null ? (peerError ? `; ${peerName} failed: ${peerError}` : '') : `; ${peerName} ${figure(peer)}`;
  return `${name.padEnd(38)} ${ours}${theirs}${ratio === null ? '' : `, ratio ${figure(ratio)}`}${apart ? ' (one after the other: together they do not fit)' : ''}\n`;
}

const MOST_LISTED = 8;
/** Where the time of a step goes, a line each. */
function profileLines({ step, kernels, host, copied, operators, programs, fallback }: Profile): string {
  const megabytes = (bytes: number) => `${figure(bytes / 1e6)} MB`;
  const lines = [
    `profiled step ${figure(step)} ms: host ${figure(host)} ms${kernels === null ? '' : `, kernels ${figure(kernels)} ms`}; copied to the device ${megabytes(copied.toDevice)}, back ${megabytes(copied.fromDevice)}`,
    `operators, by the host's time: ${operators
      .slice(0, MOST_LISTED)
      .map((o) => `${o.operator} ${figure(o.nodes)} x, ${figure(o.milliseconds)} ms`)
      .join('; ')}`,
    ...(programs.length === 0
      ? []
      : [
          `programs, by the device's: ${programs
            .slice(0, MOST_LISTED)
            .map((p) => `${p.program} ${figure(p.dispatches)} x, ${figure(p.milliseconds)} ms`)
            .join('; ')}`,
        ]),
    `elsewhere: ${fallback.length === 0 ? 'nothing' : fallback.map((o) => `${o.operator} ${figure(o.nodes)} x on ${o.provider}`).join('; ')}`,
  ];
  return lines.map((text) => `  ${text}\n`).join('');
}

const results: BenchResult[] = [];
try {
  for await (const result of runBench({ ...values, device })) {
    results.push(result);
    (values.json ? process.stderr : process.stdout).write(
      line(result) + (result.profile ? profileLines(result.profile) : ''),
    );
  }
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}
const failed = results.some(({ error, peerError }) => error !== undefined || peerError !== undefined);
if (values.json) process.stdout.write(`${JSON.stringify({ device, threads: benchThreads(), results })}\n`);
process.exit(failed ? 1 : 0);
