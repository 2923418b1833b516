/**
 * Faults at random moments of every operation, and what must hold afterwards (test/faults):
 *
 *   npm run test:faults [-- --seed 1] [--only kill,flip] [--share 0.1] [--folder DIR] [--again]
 *
 * At a share of 1: 500 kills, 200 full disks, 200 flipped bits, 100 folders that vanish, 40 read-only homes, 40 stopped
 * processes, 40 jumping clocks. It goes on where it was interrupted, and ends with its counts; 1 where a moment failed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFileAtomicSync } from '../src-main/files/index.ts';
import { kinds } from '../test/faults/kinds.ts';
import type { Kind } from '../test/faults/kinds.ts';
import { makeBase } from '../test/faults/place.ts';
import { seeded } from '../test/faults/random.ts';
import { unmountLeft } from '../test/helpers/disks.ts';

const wanted: Record<Kind, number> = {
  kill: 500,
  full: 200,
  flip: 200,
  vanish: 100,
  readOnly: 40,
  stop: 40,
  clock: 40,
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: Object.keys(wanted).join(',') },
    share: { type: 'string', default: '1' },
    folder: { type: 'string', default: join(tmpdir(), 'lookalike-faults') },
    again: { type: 'boolean', default: false },
  },
});
const folder = resolve(values.folder);
const stateFile = join(folder, 'state.json');
unmountLeft(join(folder, 'moment'));
if (values.again) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

interface State {
  done: Partial<Record<Kind, number>>;
  failures: { kind: Kind; number: number; said: string }[];
}
function readState(): State {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as State;
  } catch {
    return { done: {}, failures: [] };
  }
}

const began = Date.now();
const state = readState();
const base = await makeBase(join(folder, 'base'));
const bench = { ...base, folder: join(folder, 'moment'), seconds: new Map(), known: { learned: new Map() } };
for (const kind of values.only.split(',') as Kind[]) {
  const count = Math.ceil(wanted[kind] * Number(values.share));
  for (let number = state.done[kind] ?? 0; number < count; number++) {
    mkdirSync(bench.folder, { recursive: true });
    // each moment has its own numbers, so that one can be tried by itself
    const random = seeded(`${values.seed} ${kind} ${number}`);
    let said: string;
    try {
      said = await kinds[kind]({ ...bench, random });
    } catch (error) {
      said = `FAILED: ${error instanceof Error ? error.message : String(error)}`;
      state.failures.push({ kind, number, said });
    }
    process.stdout.write(`${kind} ${number + 1} of ${count}: ${said}\n`);
    rmSync(bench.folder, { recursive: true, force: true });
    state.done[kind] = number + 1;
    writeFileAtomicSync(stateFile, JSON.stringify(state));
  }
}
for (const { kind, number, said } of state.failures) process.stdout.write(`${kind} ${number + 1}: ${said}\n`);
const counts = Object.entries(state.done).map(([kind, count]) => `${count} ${kind}`);
process.stdout.write(
  `${counts.join(', ')}: ${state.failures.length} failed (${((Date.now() - began) / 60_000).toFixed(1)} min in this session)\n`,
);
process.exit(state.failures.length > 0 ? 1 : 0);
