/**
 * Which line of a CSV means which photo. Programs write paths of another computer, in other case or without their
 * ending: a photo is looked for by the surest first, and by what is unsure only where nothing else could be meant.
 */
import type { CsvHow } from '../../../shared/contract.ts';
import { photoName } from '../../../shared/parts.ts';
import { Gone } from '../../db/index.ts';
import type { RuledRow } from '../../db/index.ts';
import type { CsvRow } from './csv.ts';
import { PartedMap } from '../partedMap.ts';
import { each, mapped } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';
import { comparable } from './labels.ts';

export type Named = Pick<RuledRow, 'id' | 'file' | 'part' | 'firstFile' | 'gone'>;

export interface Match {
  row: CsvRow;
  how: CsvHow;
}

/** Ends of a path that are looked up; deeper ones say no more. */
const MOST_ENDS = 12;

const nameOf = (file: string): string => comparable(file).split('/').at(-1)!;
const withoutEnding = (file: string): string => file.replace(/\.[^./]+$/, '');
const isAbsolute = (file: string): boolean => /^(?:\/|[a-z]:\/)/i.test(file);

/** Values by a key, null where two that differ have it. */
function* unique<T>(entries: Iterable<readonly [string, T]>): Work<PartedMap<T | null>> {
  const found = new PartedMap<T | null>();
  yield* each(entries, ([key, value]) => {
    const known = found.get(key);
    found.set(key, known === undefined || known === value ? value : null);
  });
  return found;
}

function* pairs<T, U>(
  items: Iterable<T>,
  of: (item: T) => readonly (readonly [string, U])[],
): Generator<readonly [string, U]> {
  for (const item of items) yield* of(item);
}

/** The ends of a path at its slashes, the whole left out: `a/b/c.jpg` ends in `b/c.jpg` and `c.jpg`. */
const endsOf = (file: string): string[] => {
  const parts = file.split('/');
  return parts.slice(1, MOST_ENDS).map((_, i) => parts.slice(i + 1).join('/'));
};

/**
 * The line that means each photo, by the photo's id. Of a bare name one photo of the folder must have it; one that is
 * away gives way to those that are there. A line that is the very path of a photo means no other.
 * @param folder where the photos lie: absolute paths below it are those inside it
 */
export function* matchCsv(photos: readonly Named[], rows: readonly CsvRow[], folder: string): Work<PartedMap<Match>> {
  const inside = `${comparable(folder).replace(/\/$/, '')}/`.toLowerCase();
  const placed = yield* mapped(rows, (row) => {
    const isBelow = isAbsolute(row.file) && row.file.toLowerCase().startsWith(inside);
    return { row, path: isBelow ? row.file.slice(inside.length) : row.file, isBelow };
  });
  const exact = new PartedMap<(typeof placed)[number]>();
  yield* each(placed, (line) => exact.set(line.path, line));
  const found = new PartedMap<Match>();
  const left: Named[] = [];
  yield* each(photos, (photo) => {
    const { file, part, firstFile } = photo;
    const names = [
      ...(part === '' ? [] : [comparable(photoName(file, part)), comparable(photoName(firstFile, part))]),
      comparable(file),
      comparable(firstFile),
    ];
    for (const name of names) {
      const line = exact.get(name);
      if (line) return found.set(photo.id, { row: line.row, how: line.isBelow ? 'absolute' : 'path' });
    }
    left.push(photo);
  });
  if (left.length === 0) return found; // what else a line may mean takes as much memory again, several times

  const paths = new PartedMap<true>();
  yield* each(photos, ({ file, part, gone }) => {
    if (gone === Gone.here) for (const name of [file, photoName(file, part)]) paths.set(comparable(name), true);
  });
  const unsure: typeof placed = [];
  yield* each(placed, (line) => void (paths.has(line.path) || unsure.push(line)));
  const ends = yield* unique(pairs(unsure, ({ row, path }) => endsOf(path).map((end) => [end, row] as const)));
  const folded = yield* unique(pairs(unsure, ({ row, path }) => [[path.toLowerCase(), row] as const]));
  const foldedEnds = yield* unique(
    pairs(unsure, ({ row, path }) => endsOf(path.toLowerCase()).map((end) => [end, row] as const)),
  );

  const named = (isHere: boolean) =>
    unique(pairs(photos, ({ gone, file }) => ((gone === Gone.here) === isHere ? [[nameOf(file), file] as const] : [])));
  const there = yield* named(true);
  const away = yield* named(false);
  /** Parts of one file have its name together. */
  const isAlone = ({ file }: Named, name: string) => (there.has(name) ? there : away).get(name) === file;
  const stems = yield* unique(
    pairs(photos, ({ file }) => [[withoutEnding(comparable(file)).toLowerCase(), file] as const]),
  );

  const lookUp = (photo: Named): Match | null => {
    const { file } = photo;
    const here = comparable(file);
    const name = nameOf(file);
    const alone = isAlone(photo, name);
    const byName = alone ? exact.get(name) : undefined;
    if (byName) return { row: byName.row, how: 'name' };
    // a name in no folder is the end of any path: it must be the only one
    const isTelling = here.includes('/') || alone;
    const end = isTelling ? ends.get(here) : undefined;
    if (end) return { row: end, how: 'absolute' };
    const lower = here.toLowerCase();
    const other = folded.get(lower) ?? (alone ? folded.get(name.toLowerCase()) : null);
    if (other) return { row: other, how: 'case' };
    const stem = withoutEnding(lower);
    if (stems.get(withoutEnding(here).toLowerCase()) !== file) return null;
    const bare =
      folded.get(stem) ??
      (alone ? folded.get(withoutEnding(name.toLowerCase())) : null) ??
      (isTelling ? foldedEnds.get(stem) : null);
    return bare ? { row: bare, how: 'ending' } : null;
  };
  yield* each(left, (photo) => {
    const match = lookUp(photo);
    if (match) found.set(photo.id, match);
  });
  return found;
}
