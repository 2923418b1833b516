/**
 * That a folder is somewhere else now, and that it is not after all: commands on it like any other (library.ts), which
 * others that are given meanwhile go by. Whether the other place holds its photos is told by relocating.ts.
 */
import type { Dataset } from '../../../shared/contract.ts';
import type { DatasetRow, Moved } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { realFolder } from './givenFolder.ts';
import type { Library } from './library.ts';
import { assertHolds, forgetSince } from './relocating.ts';

export class Moves {
  readonly #context: AppContext;
  readonly #library: Pick<Library, 'dataset' | 'command' | 'announce' | 'readings'>;
  /** Path by dataset id where commands that were given will have moved a folder when they have ended. */
  readonly #moving = new Map<string, string>();

  constructor(context: AppContext, library: Pick<Library, 'dataset' | 'command' | 'announce' | 'readings'>) {
    this.#context = context;
    this.#library = library;
  }

  /** The dataset that a folder belongs to when the commands that were given have ended. */
  owner(folder: string): string | undefined {
    for (const [id, to] of this.#moving) if (to === folder) return id;
    const row = this.#context.store.datasets.byFolder(folder);
    return row && !this.#moving.has(row.id) ? row.id : undefined;
  }

  /**
   * @param anyway also to a folder that holds fewer than half of the photos
   * @throws AppError bad-folder, not-found; ImageError or FileError where the folder cannot be read
   */
  async relocate(datasetId: string, folder: string, anyway: boolean): Promise<Dataset> {
    const { store, paths, closing } = this.#context;
    const real = realFolder(folder, paths.home);
    return this.#moveTo(datasetId, real, async (row) => {
      const isMoved = row.folder !== real;
      if (!anyway && isMoved) await assertHolds(this.#context, row, real, closing);
      await this.#library.readings.stop(row.id);
      const moved: Moved = { from: row.folder, at: Date.now(), row: store.images.lastRow() };
      return isMoved ? JSON.stringify(moved) : row.moved;
    });
  }

  /**
   * Takes back that a folder moved, whether what it was before is there now or not. What the other place alone has is not
   * missed then: it never was this folder's.
   * @param from where it was
   * @throws AppError not-available.moved-on, bad-folder.in-library, not-found
   */
  moveBack(datasetId: string, from: string): Promise<Dataset> {
    return this.#moveTo(datasetId, from, async ({ id, name, moved }) => {
      const known = moved === null ? null : (JSON.parse(moved) as Moved);
      if (known?.from !== from) throw new AppError('not-available.moved-on', { name });
      await this.#library.readings.stop(id);
      await forgetSince(this.#context.store.images, id, known.row);
      return null;
    });
  }

  /** @param prepare stops its reading, and answers what takes the move back */
  async #moveTo(datasetId: string, to: string, prepare: (row: DatasetRow) => Promise<string | null>): Promise<Dataset> {
    const { store } = this.#context;
    const library = this.#library;
    const id = store.images.folderOf(datasetId);
    const before = this.#moving.get(id) ?? library.dataset(id).folder;
    this.#moving.set(id, to);
    const work = async () => {
      const row = library.dataset(id);
      const other = store.datasets.byFolder(to);
      if (other && other.id !== id) throw new AppError('bad-folder.in-library', { folder: to, name: other.name });
      const moved = await prepare(row);
      store.datasets.update(id, { folder: to, moved });
      library.readings.begin(id, true);
      return library.announce(id);
    };
    try {
      return await library.command(id, work, [before, to]);
    } finally {
      if (this.#moving.get(id) === to) this.#moving.delete(id);
    }
  }
}
