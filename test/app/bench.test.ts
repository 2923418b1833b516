/** What a benchmark says when a side fails: the other side's figures are kept. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measure } from '../../src-main/trainer/bench/bench.ts';
import type { Work } from '../../src-main/trainer/bench/work.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('bench-test');

const python = join(folder, 'python');
writeFileSync(python, '#!/bin/sh\nread request\nexit 3\n', { mode: 0o755 });

it.skipIf(process.platform === 'win32')(
  'measures one side alone where the other ends',
  { timeout: 60_000 },
  async () => {
    const work: Work = { kind: 'knn', threads: 1, vectors: 50, dimension: 8, neighbours: 3, queries: 2 };
    const { ours, theirs, apart } = await measure(work, python, 5);
    expect(ours.error).toBeUndefined();
    expect(ours.answers).toHaveLength(5);
    expect(ours.answers.every(({ seconds }) => seconds > 0)).toBe(true);
    expect(theirs.error).toContain('ended without an answer');
    expect(apart).toBe(true);
  },
);
