/**
 * Which known photos the files are that a walk found under other names, or touched: by their content. Of what may be one
 * by its size alone is read; nothing is written.
 */
import type { DatasetRow, FoundFile, NamedRow, Store } from '../../db/index.ts';
import type { ImagePool } from '../../images/index.ts';
import { PartedMap } from '../partedMap.ts';
import { each, sorted, unhurried, unhurriedPieces } from '../unhurried.ts';
import { photoPath } from './photos.ts';
import { RowSet } from './rowSet.ts';

interface Parts {
  store: Pick<Store, 'images'>;
  pool: Pick<ImagePool, 'identify' | 'workers'>;
}

/** What a walk found. */
interface Candidates {
  /** Rows that files of unchanged name, size and time stand for. */
  seen: Pick<RowSet, 'has'>;
  /** The other files. */
  fresh: readonly FoundFile[];
}

/** Which row a file turns out to be, by its content. */
export interface Match {
  file: FoundFile;
  row: NamedRow;
}

/** The photos that files under other names, or touched ones, turn out to be; writes nothing. */
export async function match(
  { store, pool }: Parts,
  dataset: DatasetRow,
  found: Candidates,
  signal: AbortSignal,
): Promise<Match[]> {
  if (found.fresh.length === 0) return [];
  const sizes = new Set<number>();
  await unhurried(
    each(found.fresh, ({ bytes }) => void sizes.add(bytes)),
    signal,
  );
  const bySize = new Set<number>();
  const byContent = new PartedMap<NamedRow[]>();
  for await (const piece of unhurriedPieces(store.images.withContent(dataset.id)))
    for (const row of piece) {
      if (found.seen.has(row.row) || !sizes.has(row.bytes)) continue;
      bySize.add(row.bytes);
      const rows = byContent.get(row.content!);
      if (rows) rows.push(row);
      else byContent.set(row.content!, [row]);
    }
  const hashed: FoundFile[] = [];
  const waiting = found.fresh.filter(({ bytes }) => bySize.has(bytes));
  await Promise.all(
    Array.from({ length: Math.min(waiting.length, pool.workers * 2) }, async () => {
      for (let file = waiting.pop(); file; file = waiting.pop()) {
        try {
          hashed.push(Object.assign(file, await pool.identify(photoPath(dataset, file), signal)));
        } catch {
          signal.throwIfAborted(); // else unreadable: decoding will say so
        }
      }
    }),
  );
  const taken = new RowSet();
  const matches: Match[] = [];
  const take = (file: FoundFile, fits: (row: NamedRow) => boolean) => {
    const rows = byContent.get(file.content!)?.filter((row) => !taken.has(row.row) && fits(row)) ?? [];
    const row = rows.sort((a, b) => a.gone - b.gone || (a.file < b.file ? -1 : 1))[0];
    if (!row) return false;
    taken.add(row.row);
    matches.push({ file, row });
    return true;
  };
  // in whatever order they came
  const inTurn = await unhurried(
    sorted(hashed, (a, b) => (a.file < b.file ? -1 : 1)),
    signal,
  );
  const elsewhere: FoundFile[] = [];
  await unhurried(
    each(inTurn, (file) => void (take(file, (row) => row.file === file.file) || elsewhere.push(file))),
    signal,
  );
  await unhurried(
    each(elsewhere, (file) => void take(file, () => true)),
    signal,
  );
  return matches;
}
