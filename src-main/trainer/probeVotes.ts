/** How the probe photos are classified by any features: the encoder's at each probe, and those that cost nothing before the first. */
import type { RunConfig } from '../../shared/config.ts';
import { knnClassify } from '../evaluate/knn.ts';
import type { Votes } from '../evaluate/measures.ts';
import type { ProbeSet } from './probeSet.ts';

/** Whether the probe photos have two labels or more, so that neighbours can vote; else only views can be compared. */
export const canVote = ({ photos }: Pick<ProbeSet, 'photos'>, labels: ReadonlyMap<string, string | null>): boolean =>
  new Set(photos.map((id) => labels.get(id) ?? null).filter((label) => label !== null)).size > 1;

/**
 * Leave-one-out among the probe photos, or held-out photos against them; photos of one group, as parts of a file are,
 * do not vote for each other; null without at least two labels.
 *
 * @param features of the probe photos [n, d]
 * @param heldOutFeatures asked for where there are held-out photos [m, d]
 */
export async function probeVotes(
  { probe: { k, temperature }, threads }: Pick<RunConfig, 'probe' | 'threads'>,
  { photos, heldOut, groups, heldOutGroups }: ProbeSet,
  labels: ReadonlyMap<string, string | null>,
  features: Float32Array,
  d: number,
  heldOutFeatures: () => Promise<Float32Array> | Float32Array,
): Promise<Votes | null> {
  const classes = [...new Set(photos.map((id) => labels.get(id) ?? null))].filter((label) => label !== null).sort();
  if (classes.length < 2) return null;
  const labelled = (ids: readonly string[], rows: Float32Array) => {
    const known = ids.flatMap((id, row) => {
      const label = classes.indexOf(labels.get(id) ?? '');
      return label >= 0 ? [{ row, label }] : [];
    });
    const out = new Float32Array(known.length * d);
    known.forEach(({ row }, i) => out.set(rows.subarray(row * d, (row + 1) * d), i * d));
    return { rows: out, labels: Int32Array.from(known, ({ label }) => label), known };
  };
  const bank = labelled(photos, features);
  const asked = heldOut.length > 0 ? labelled(heldOut, await heldOutFeatures()) : null;
  const queries = asked && asked.labels.length > 0 ? asked : null;
  const result = await knnClassify(
    {
      bank: bank.rows,
      bankLabels: bank.labels,
      d,
      classes: classes.length,
      k,
      temperature,
      ...(queries && { queries: queries.rows, queryLabels: queries.labels }),
      ...(queries &&
        heldOutGroups && { queryGroups: Int32Array.from(queries.known, ({ row }) => heldOutGroups[row]!) }),
      ...(groups && { groups: Int32Array.from(bank.known, ({ row }) => groups[row]!) }),
    },
    { threads },
  );
  return { ...result, truth: (queries ?? bank).labels, classes: classes.length };
}
