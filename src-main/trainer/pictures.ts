/** The pictures of a table's rows out of parts of the cache that are opened one after another (photos.ts). */
import type { ImageCache } from '../images/index.ts';

type Part = Pick<ImageCache, 'ids' | 'has' | 'healed' | 'evaluationBytes'>;

export class Pictures {
  readonly #parts: AsyncGenerator<Part>;
  readonly #placeOf: ReadonlyMap<string, number>;
  readonly #bytes: number;
  #part: Part | null = null;
  /** Place of the last photo that was in a part so far. */
  #reached = -1;

  /**
   * @param ids those whose parts come, in their order
   * @param bytes of a picture
   */
  constructor(parts: AsyncGenerator<Part>, ids: readonly string[], bytes: number) {
    this.#parts = parts;
    this.#placeOf = new Map(ids.map((id, place) => [id, place]));
    this.#bytes = bytes;
  }

  /** The pixels of a photo, [size, size, 3]; black where it is gone meanwhile. Asked for in the order of the ids. */
  async of(id: string): Promise<Uint8Array> {
    const place = this.#placeOf.get(id) ?? -1;
    for (;;) {
      const part = this.#part;
      if (part?.has(id)) return part.healed(() => part.evaluationBytes(id));
      // No part that is still to come has it: to open one would close that of the photos after it.
      const next = this.#reached >= place ? null : await this.#parts.next();
      if (!next || next.done) return new Uint8Array(this.#bytes);
      this.#part = next.value;
      for (const other of next.value.ids) this.#reached = Math.max(this.#reached, this.#placeOf.get(other) ?? -1);
    }
  }

  async close(): Promise<void> {
    await this.#parts.return(undefined);
  }
}
