/** Which photos a job was given, noted while they are handed over: those of its last try, twelve bytes each. */
import { IdList } from '../../../shared/idList.ts';
import type { Pieces } from '../compute/lists.ts';

export class HandedIds<T extends { id: string }> {
  /** What is handed over. */
  readonly pieces: Pieces<T>;
  #lists: IdList[] = [];

  constructor(from: Pieces<T>) {
    this.pieces = async function* (this: HandedIds<T>) {
      this.#lists = [];
      for await (const piece of from()) {
        this.#lists.push(IdList.of(piece.map(({ id }) => id)));
        yield piece;
      }
    }.bind(this);
  }

  /** One after another. */
  *ids(): Generator<string> {
    for (const list of this.#lists) yield* list;
  }
}

/** Whether a list has an entry. */
export async function hasAny(pieces: Pieces<unknown>): Promise<boolean> {
  for await (const piece of pieces()) if (piece.length > 0) return true;
  return false;
}
