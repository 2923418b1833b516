/** A few moments of the suite of faults (npm run test:faults), of each kind that takes seconds. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { kinds } from '../faults/kinds.ts';
import type { Bench, Kind } from '../faults/kinds.ts';
import { makeBase } from '../faults/place.ts';
import { seeded } from '../faults/random.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('moments');
let bench: Omit<Bench, 'random'>;
beforeAll(async () => {
  const base = await makeBase(join(folder, 'base'));
  bench = { ...base, folder: join(folder, 'moment'), seconds: new Map(), known: { learned: new Map() } };
}, 120_000);

test.skipIf(process.platform === 'win32').each<[Kind, number]>([
  ['kill', 1],
  ['kill', 2],
  ['full', 3],
  ['flip', 4],
  ['readOnly', 5],
  ['vanish', 6],
])(
  '%s, moment %i',
  async (kind, seed) => {
    mkdirSync(bench.folder, { recursive: true });
    expect(await kinds[kind]({ ...bench, random: seeded(`${kind} ${seed}`) })).toBeTypeOf('string');
  },
  180_000,
);
