/**
 * Photos by id: as calls show them, as the trainer is given them, where they lie, and their pictures. Which there are is
 * the library's (library.ts).
 */
import type { ImageInfo, JobImage } from '../../../shared/contract.ts';
import type { Reason } from '../../../shared/contract/wire.ts';
import { said } from '../../../shared/sentences.ts';
import type { DatasetRow, ImageRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { found as orNotFound, AppError } from '../errors.ts';
import type { Pieces } from '../compute/lists.ts';
import { each, unhurried, unhurriedPieces } from '../unhurried.ts';
import { inPieces } from './lists.ts';
import { photoFile } from './measuring.ts';
import { photoPath } from './photos.ts';
import { Pictures } from './pictures.ts';
import { align } from './rules.ts';
import type { Thumbnails } from './thumbnails.ts';
import { thumbnailSize } from './thumbnails.ts';

export class LibraryPhotos {
  readonly #context: AppContext;
  readonly #thumbnails: Thumbnails;
  readonly #pictures: Pictures;

  constructor(context: AppContext, thumbnails: Thumbnails) {
    this.#context = context;
    this.#thumbnails = thumbnails;
    this.#pictures = new Pictures(context, thumbnails);
  }

  /** @throws AppError not-found */
  get(id: string): ImageRow {
    return orNotFound(this.#context.store.images.get(id), 'photo', id);
  }

  info = (row: ImageRow): ImageInfo => this.infos([row])[0]!;

  /** As calls show photos. */
  infos(rows: readonly ImageRow[]): ImageInfo[] {
    const { tags, descriptions } = this.#context.store;
    const ids = rows.map(({ id }) => id);
    const [tagsOf, keywordsOf] = [tags.ofEach(ids), descriptions.keywords(ids)];
    return rows.map((row) => this.#info(row, tagsOf.get(row.id) ?? [], keywordsOf.get(row.id) ?? []));
  }

  #info(row: ImageRow, tags: string[], keywords: string[]): ImageInfo {
    const { id, file, part, parent, width, height, bytes, format, label } = row;
    const { taken, camera } = parent === null ? row : this.get(parent); // a part has no EXIF of its own
    return {
      id,
      file,
      part,
      whole: parent === null ? null : this.#whole(parent),
      width,
      height,
      bytes,
      modifiedAt: row.modified,
      format,
      label,
      heldOut: row.heldOut === 1,
      group: row.group,
      excluded: row.excluded === 1,
      tags,
      rating: row.rating,
      keywords,
      taken,
      camera,
      notes: row.notes === null ? [] : (JSON.parse(row.notes) as Reason[]).map(said),
    };
  }

  /** The whole image that a part (a page, a tile) is shown in. */
  #whole(id: string): ImageInfo['whole'] {
    const { width, height } = this.get(id);
    return { id, width, height };
  }

  path(row: ImageRow): string {
    return photoPath(orNotFound(this.#context.store.datasets.get(row.datasetId), 'folder', row.datasetId), row);
  }

  /**
   * The data set to embed for these photos: `preferred` where it holds them all, else the folder they lie in.
   * @throws AppError bad-request where that is more than one
   */
  async holding(preferred: string, imageIds: readonly string[]): Promise<string> {
    const { images } = this.#context.store;
    const rows = await inPieces(imageIds, (ids) => images.known(ids).filter(({ excluded }) => !excluded));
    let holdsAll = true;
    await unhurried(each(rows, ({ id }) => (holdsAll &&= images.isUsable(preferred, id))));
    return holdsAll ? preferred : this.folderOf(rows);
  }

  /** @throws AppError bad-request where the photos do not lie in one folder */
  folderOf(rows: readonly Pick<ImageRow, 'datasetId'>[]): string {
    const folders = [...new Set(rows.map(({ datasetId }) => datasetId))];
    if (folders.length === 1) return folders[0]!;
    const names = folders.map((id) => this.#context.store.datasets.get(id)?.name ?? id);
    throw new AppError('bad-request.several-folders', { folders: names.join(', ') });
  }

  /**
   * What the trainer is given, in the order of file names, with labels and sides as the folder's rules have them now: read
   * anew each time that it is gone through.
   */
  async jobImages(id: string): Promise<Pieces<JobImage>> {
    const { store, closing } = this.#context;
    const dataset = orNotFound(store.datasets.get(id), 'folder', id);
    if (dataset.unruled > 0) await align(store, store.images.folderOf(id), closing);
    const { jobImage } = this;
    return async function* () {
      for await (const rows of unhurriedPieces(store.images.usablePieces(id)))
        yield rows.map((row) => jobImage(dataset, row));
    };
  }

  readonly jobImage = (dataset: Pick<DatasetRow, 'folder'>, row: ImageRow): JobImage => {
    const { id, file, part, bytes, modified, label, group, width, height } = row;
    const path = photoPath(dataset, row);
    const isHeldOut = row.heldOut === 1;
    const photo = {
      id,
      path,
      file,
      ...(part !== '' && { part }),
      bytes,
      modified,
      label,
      heldOut: isHeldOut,
      ...(group !== null && { group }),
    };
    return width > 0 ? { ...photo, width, height } : photo;
  };

  /** See Pictures.read. */
  thumbnail = (imageId: string, size: number, run?: string | null): ReturnType<Pictures['read']> =>
    this.#pictures.read(imageId, size, run);

  /** The file of its thumbnail, made where there is none; null: unreadable. */
  async thumbnailFile(row: ImageRow): Promise<string | null> {
    const photo = photoFile(orNotFound(this.#context.store.datasets.get(row.datasetId), 'folder', row.datasetId), row);
    if (!(await this.#thumbnails.has(photo)) && !(await this.thumbnail(row.id, thumbnailSize))) return null;
    return this.#thumbnails.place(photo);
  }
}
