/**
 * The long lists of a job, such as its photos: read while they are handed over, a piece at a time, so that the
 * application never holds a million of them.
 */
export type Pieces<T> = () => AsyncIterable<readonly T[]>;

/** By their names from the job down, where an empty list stands for each. */
export type JobLists = Partial<
  Record<'images' | 'only' | 'train.images' | 'test.images' | 'embedded.images', Pieces<unknown>>
>;

/** Entries that are handed over at a time, some milliseconds' work. */
const ENTRIES_PER_PIECE = 1000;

/** Hands over what there is of a list but its last few entries, at most ENTRIES_PER_PIECE, which it answers. */
export async function handList(
  pieces: Pieces<unknown>,
  send: (some: unknown[]) => void | Promise<void>,
): Promise<unknown[]> {
  let held: unknown[] = [];
  for await (const piece of pieces())
    for (const item of piece) {
      if (held.length === ENTRIES_PER_PIECE) {
        await send(held);
        held = [];
      }
      held.push(item);
    }
  return held;
}

/** What is already there, or is made one after another, in pieces. */
export const piecesOf = <T>(items: () => Iterable<T>): Pieces<T> =>
  async function* () {
    let piece: T[] = [];
    for (const item of items()) {
      if (piece.length === ENTRIES_PER_PIECE) {
        yield piece;
        piece = [];
      }
      piece.push(item);
    }
    yield piece;
  };
