/** Collections: photos of a folder, by a tag or a list, that are trained on and embedded like a folder of their own. */
import { randomUUID } from 'node:crypto';
import type { AppHandlers } from '../../../shared/contract.ts';
import { shortHash } from '../../db/index.ts';
import type { DatasetRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError, foundTag } from '../errors.ts';
import type { Library } from './library.ts';
import { inPieces } from './lists.ts';

export function collect({ store }: AppContext, library: Library): AppHandlers['library.collect'] {
  const { collections, datasets, tags } = store;
  const make = (parent: string, tag: string | null, name: string, imageIds: readonly string[]) => {
    const id = shortHash(`collection\0${randomUUID()}`);
    collections.insert({ id, name, addedAt: Date.now(), parent, tag }, imageIds);
    return library.announceCounted(id);
  };
  return async (asked) => {
    if ('tagId' in asked) {
      const parent = store.images.folderOf(library.dataset(asked.datasetId).id);
      const tag = foundTag(tags.get(asked.tagId));
      if (!tags.isIn(tag.id, parent)) throw new AppError('no-images.tag', { name: tag.name });
      const known = collections.byTag(parent, tag.id);
      if (known === undefined) return make(parent, tag.id, asked.name ?? tag.name, []);
      datasets.update(known, { removedAt: null, ...(asked.name !== undefined && { name: asked.name }) });
      return library.announceCounted(known);
    }
    const rows = await inPieces(asked.imageIds, (some) => store.images.known(some));
    if (rows.length === 0) throw new AppError('no-images.collection');
    return make(
      library.photos.folderOf(rows),
      null,
      asked.name,
      rows.map(({ id }) => id),
    );
  };
}

/** @throws AppError where it is a collection: labels, sides and how files are read are set for its folder */
export function assertFolder({ datasets }: AppContext['store'], { name, parent }: DatasetRow): void {
  if (parent !== null)
    throw new AppError('bad-request.collection', { name, folder: datasets.get(parent)?.name ?? parent });
}
