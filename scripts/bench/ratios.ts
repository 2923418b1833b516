/**
 * What Lookalike reaches of PyTorch in the same run, by processor family, and whether a run of the benchmarks falls behind
 * it. Ratios travel between machines of one family where times do not.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { BenchResult } from '../../src-main/trainer/bench/bench.ts';

/**
 * What is kept of a benchmark: our figure / PyTorch's, and the share of that by which runs of one program have
 * differed.
 */
export interface Kept {
  ratio: number;
  noise: number;
}

/** The kept ratios by processor family and threads (`processorFamily`), then by the benchmark's name. */
export type Ratios = Record<string, Record<string, Kept>>;

/** Units in which less is better; the others are rates. */
const COSTS = ['MB', 's', 'ms/query'];
/** The noise of a ratio that is kept for the first time. */
const FIRST_NOISE = 0.1;

export interface Finding {
  name: string;
  verdict: 'kept' | 'better' | 'worse' | 'unknown' | 'failed';
  text: string;
}

/** What became of each benchmark that has a ratio or should have one. */
export function compareRatios(results: readonly BenchResult[], kept: Readonly<Record<string, Kept>>): Finding[] {
  return results.flatMap(({ name, unit, ratio, error, peerError }): Finding[] => {
    const before = kept[name];
    if (error !== undefined || peerError !== undefined)
      return [{ name, verdict: 'failed', text: `failed: ${error ?? `PyTorch's side: ${peerError}`}` }];
    if (ratio === null) return before ? [{ name, verdict: 'failed', text: 'was not compared with PyTorch' }] : [];
    if (!before) return [{ name, verdict: 'unknown', text: `${ratio.toFixed(2)}, nothing is kept to compare with` }];
    const gain = COSTS.includes(unit) ? before.ratio / ratio : ratio / before.ratio;
    const verdict = gain < 1 - before.noise ? 'worse' : gain > 1 + before.noise ? 'better' : 'kept';
    return [{ name, verdict, text: `${ratio.toFixed(2)}, was ${before.ratio.toFixed(2)} ± ${100 * before.noise} %` }];
  });
}

/** The table with these ratios in the place of those of the same benchmarks, their noise as it was. */
export function withRatios(table: Ratios, family: string, results: readonly BenchResult[]): Ratios {
  const own = { ...table[family] };
  for (const { name, ratio } of results)
    if (ratio !== null) own[name] = { ratio: Number(ratio.toPrecision(3)), noise: own[name]?.noise ?? FIRST_NOISE };
  return { ...table, [family]: own };
}

const VECTORS = { avx512f: 'AVX-512', avx2: 'AVX2', asimd: 'NEON' };

/** The family of this machine's processor, as the table names it: 'AuthenticAMD family 25, AVX-512, 2 threads'. */
export function processorFamily(threads: number): string {
  const ofThreads = `${threads} threads`;
  try {
    const info = readFileSync('/proc/cpuinfo', 'utf8');
    const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(info)?.[1];
    const flags = (field('flags') ?? field('Features') ?? '').split(' ');
    const vectors = Object.entries(VECTORS).find(([flag]) => flags.includes(flag))?.[1] ?? 'no vectors';
    const maker = field('vendor_id') ?? field('CPU implementer') ?? process.arch;
    return [`${maker} family ${field('cpu family') ?? field('CPU part') ?? '?'}`, vectors, ofThreads].join(', ');
  } catch {
    return [cpus()[0]?.model ?? process.arch, ofThreads].join(', ');
  }
}
