/**
 * Finds photos that are one file, one picture or much alike. Contents tell files; sketches and, with an encoder, its
 * neighbours propose pictures (neighbours.ts); the pixels of both decide, in the pool's processes. What is found are
 * groups in which every two belong together.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { reason } from '../../../shared/reason.ts';
import type { DuplicateKind } from '../../../shared/contract.ts';
import { IdList } from '../../../shared/idList.ts';
import type { ImageRow } from '../../db/index.ts';
import { composed, inverse, proposed, samePicture, sketchSide } from '../../images/index.ts';
import type { Fit, ImagePool } from '../../images/index.ts';
import { cliques, closestFirst, connected, largestFirst } from '../../search/index.ts';
import type { Link } from '../../search/index.ts';
import type { TaskControl } from '../tasks.ts';
import { PartedMap } from '../partedMap.ts';
import { each, sorted, unhurried } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';
import { comparePairs } from './compare.ts';
import type { Pair } from './compare.ts';
import { among, PHOTOS_PER_TURN, nearer, pixelNeighbours } from './neighbours.ts';
import type { Embedded } from './neighbours.ts';

export interface FoundGroup {
  kind: DuplicateKind;
  ids: string[];
}

export interface Finding {
  groups: FoundGroup[];
  /** The photos that were looked at, and the version (`versionOf`) of each: one that has another by now was not. */
  looked: { ids: IdList; versions: IdList };
  /** Pairs that could not be compared in time. */
  missed: number;
}

/** What the finder holds of each photo of a folder, of which there may be a million. */
export type LookedAt = Pick<ImageRow, 'id' | 'bytes' | 'modified' | 'content'>;

export interface FinderParts {
  pool: Pick<ImagePool, 'run' | 'workers'>;
  /** Null: unreadable. */
  thumbnailFile(id: string): Promise<string | null>;
  /** Neighbours of the photos, by rows of `ids`; null without an encoder. */
  encoder: Embedded | null;
}

/** Connected groups of more photos are not completed, for which every pair in them would be looked at. */
const WHOLE = 40;
/** Pairs at random, which say how alike two photos of this folder are by chance. */
const RANDOM_PAIRS = 200;
/**
 * Two moments of one scene correlate at least so much at 32 px, and by so many standard deviations more than random
 * pairs.
 */
const ALIKE = 0.92;
const ABOVE_CHANCE = 4.5;

export const versionOf = ({ bytes, modified, content }: Omit<LookedAt, 'id'>): string =>
  content || `${bytes} ${modified}`;

/** A part of a file has no content of its own. */
const contentOf = (row: LookedAt): string => row.content || row.id;

export async function findDuplicates(
  rows: readonly LookedAt[],
  parts: FinderParts,
  { signal, progress }: Pick<TaskControl, 'signal' | 'progress'>,
): Promise<Finding> {
  const looked = { ids: await listOf(rows, ({ id }) => id), versions: await listOf(rows, versionOf) };
  const byContent = new PartedMap<LookedAt[]>();
  await unhurried(
    each(rows, (row) => {
      const same = byContent.get(contentOf(row));
      if (same) same.push(row);
      else byContent.set(contentOf(row), [row]);
    }),
    signal,
  );
  const groups: FoundGroup[] = [];
  const single: LookedAt[] = [];
  await unhurried(
    each(rows, (row) => {
      const same = byContent.get(contentOf(row))!;
      if (same[0] !== row) return;
      single.push(row);
      if (same.length > 1) groups.push({ kind: 'file', ids: same.map(({ id }) => id) });
    }),
    signal,
  );
  const idsOf = (row: number) => byContent.get(contentOf(single[row]!))!.map(({ id }) => id);

  const { files, sketches } = await sketch(single, parts, signal, (share) =>
    progress(0.4 * share, reason('doing.sketching')),
  );
  const comparing = reason('doing.comparing');
  const neighbours = parts.encoder && (await among(single, parts.encoder, signal));
  const byPixels = await pixelNeighbours(sketches, single.length, signal, (share) =>
    progress(0.4 + 0.1 * share, comparing),
  );
  const proposals = await proposed(
    { sketches, count: single.length, neighbours: neighbours ? [byPixels, neighbours] : [byPixels] },
    { signal, onProgress: (share) => progress(0.5 + 0.1 * share, comparing) },
  );
  const pairs = Array.from(proposals.a, (a, i): Pair => ({ a, b: proposals.b[i]!, ways: 1 << proposals.way[i]! }));
  const first = await seenOf(parts, files, pairs, signal, (share) => progress(0.6 + 0.3 * share, comparing));
  const rest = await seenOf(parts, files, await unhurried(incomplete(first.seen), signal), signal);
  const seen = [...first.seen, ...rest.seen];

  const copies: Link[] = [];
  await unhurried(
    each(seen, ({ a, b, fit }) => {
      if (samePicture(fit)) copies.push({ a, b, closeness: -fit.worst });
    }),
    signal,
  );
  const same = await unhurried(grouped(copies), signal);
  for (const members of same) groups.push({ kind: 'picture', ids: members.flatMap(idsOf) });

  // moments: of each picture one photo stands for the others
  const pictureOf = new Map(same.flatMap((members) => members.map((row) => [row, members[0]!])));
  const picture = (row: number) => pictureOf.get(row) ?? row;
  const least = await chance(parts, files, signal);
  const isNear = neighbours && nearer(neighbours, single.length);
  const moments: Link[] = [];
  await unhurried(
    each(seen, ({ a, b, fit }) => {
      const [one, other] = [picture(a), picture(b)];
      if (one === other || fit.coarse < least || !(isNear?.(a, b) ?? true)) return;
      moments.push({ a: Math.min(one, other), b: Math.max(one, other), closeness: fit.coarse });
    }),
    signal,
  );
  for (const members of await unhurried(grouped(moments), signal))
    groups.push({ kind: 'alike', ids: members.map((row) => single[row]!.id) });
  return { groups, looked, missed: first.missed + rest.missed };
}

/** Rows that every two of which are linked, the largest group first. */
function* grouped(links: readonly Link[]): Work<number[][]> {
  return yield* sorted(yield* cliques(yield* sorted(links, closestFirst)), largestFirst);
}

/** A text of each photo. */
async function listOf(rows: readonly LookedAt[], text: (row: LookedAt) => string): Promise<IdList> {
  const lists: IdList[] = [];
  for (let from = 0; from < rows.length; from += PHOTOS_PER_TURN) {
    lists.push(IdList.of(rows.slice(from, from + PHOTOS_PER_TURN).map(text)));
    await breathe();
  }
  return IdList.joined(lists);
}

async function sketch(
  rows: readonly LookedAt[],
  { pool, thumbnailFile }: FinderParts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<{ files: (string | null)[]; sketches: Uint8Array }> {
  const cells = sketchSide ** 2;
  const sketches = new Uint8Array(new SharedArrayBuffer(rows.length * cells)); // not copied to the thread
  const files = new Array<string | null>(rows.length).fill(null);
  let [next, done] = [0, 0];
  const lane = async () => {
    while (next < rows.length) {
      const at = next++;
      signal.throwIfAborted();
      try {
        const file = await thumbnailFile(rows[at]!.id);
        if (file) sketches.set(await pool.run({ kind: 'sketch', source: file }, signal), at * cells);
        files[at] = file;
      } catch {
        signal.throwIfAborted(); // else unreadable: it is like nothing
      }
      if (++done % 50 === 0) onProgress(done / rows.length);
    }
  };
  await Promise.all(Array.from({ length: pool.workers * 2 }, lane));
  return { files, sketches };
}

/** What a pair was found to be. */
type Seen = Pair & { fit: Fit };

async function seenOf(
  { pool }: FinderParts,
  files: readonly (string | null)[],
  pairs: readonly Pair[],
  signal: AbortSignal,
  onProgress?: (share: number) => void,
): Promise<{ seen: Seen[]; missed: number }> {
  const { fits, missed } = await comparePairs(pool, files, pairs, signal, onProgress);
  const seen: Seen[] = [];
  await unhurried(
    each(pairs.keys(), (i) => {
      const fit = fits[i];
      if (fit) seen.push({ ...pairs[i]!, fit });
    }),
    signal,
  );
  return { seen, missed };
}

/**
 * The pairs that nothing proposed within each group of photos that are connected as one picture; how one has to be
 * turned or mirrored to be the other follows from the way between them.
 */
function* incomplete(seen: readonly Seen[]): Work<Pair[]> {
  const known = new Set<string>();
  const same: Seen[] = [];
  const beside = new Map<number, { other: number; way: number }[]>();
  const link = (from: number, other: number, way: number) => {
    const links = beside.get(from);
    if (links) links.push({ other, way });
    else beside.set(from, [{ other, way }]);
  };
  yield* each(seen, (pair) => {
    const { a, b, fit } = pair;
    known.add(`${a} ${b}`);
    if (!samePicture(fit)) return;
    same.push(pair);
    link(a, b, fit.orientation);
    link(b, a, inverse(fit.orientation));
  });
  const missing: Pair[] = [];
  for (const rows of yield* connected(same)) {
    yield;
    if (rows.length > WHOLE) continue;
    const wayTo = new Map([[rows[0]!, 0]]);
    const waiting = [rows[0]!];
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop())
      for (const { other, way } of beside.get(row)!) {
        if (wayTo.has(other)) continue;
        wayTo.set(other, composed(wayTo.get(row)!, way));
        waiting.push(other);
      }
    rows.forEach((a, i) => {
      for (const b of rows.slice(i + 1))
        if (!known.has(`${a} ${b}`)) missing.push({ a, b, ways: 1 << composed(inverse(wayTo.get(a)!), wayTo.get(b)!) });
    });
  }
  return missing;
}

/** The least correlation of two moments of one scene in this folder: ALIKE, or more where random pairs come near it. */
async function chance({ pool }: FinderParts, files: readonly (string | null)[], signal: AbortSignal): Promise<number> {
  const count = files.length;
  const pairs = Array.from({ length: count > 40 ? RANDOM_PAIRS : 0 }, (_, i): Pair => {
    const a = Math.floor((i * count) / RANDOM_PAIRS);
    return { a, b: (a + 1 + Math.floor((count - 1) * ((i * 0.618034) % 1))) % count, ways: 1 };
  });
  const { fits } = await comparePairs(pool, files, pairs, signal);
  const scores = fits.flatMap((fit) =>
    fit && !samePicture(fit) ? [Math.atanh(Math.max(-0.999, Math.min(0.999, fit.coarse)))] : [],
  );
  if (scores.length < 20) return ALIKE;
  const mean = scores.reduce((sum, z) => sum + z, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((sum, z) => sum + (z - mean) ** 2, 0) / scores.length);
  return Math.max(ALIKE, Math.tanh(mean + ABOVE_CHANCE * spread));
}
