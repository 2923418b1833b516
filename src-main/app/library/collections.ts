/** Collections: photos of a folder, by a tag or a list, that are trained on and embedded like a folder of their own. */
import { randomUUID } from 'node:crypto';
import type { AppHandlers } from '../../../shared/contract.ts';
import { given, nameOf } from '../../../shared/naming.ts';
import { reason } from '../../../shared/reason.ts';
import { shortHash } from '../../db/index.ts';
import type { DatasetRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError, foundTag } from '../errors.ts';
import type { Library } from './library.ts';
import { mapped, sorted, unhurried } from '../unhurried.ts';
import { inPieces } from './lists.ts';

type Called = Pick<DatasetRow, 'name' | 'naming'>;
const typed = (name: string | undefined): Called | undefined =>
  name === undefined ? undefined : { name, naming: null };

/** Photos that are put into a collection at a time: some milliseconds. */
const PUT_AT_ONCE = 2500;

export function collect({ store, closing }: AppContext, library: Library): AppHandlers['library.collect'] {
  const { collections, datasets, tags } = store;
  collections.dropUnshown(); // the program may have ended while one was being made
  const rowOf = (parent: string, tag: string | null, named: Called) => {
    const id = shortHash(`collection\0${randomUUID()}`);
    return { id, ...named, addedAt: Date.now(), parent, tag };
  };
  /** Photos come in the order in which they are kept, a piece at a time, so that nobody waits for many. */
  const made = async (parent: string, named: Called, imageIds: readonly string[]) => {
    const row = rowOf(parent, null, named);
    const inOrder = await unhurried(
      sorted(imageIds, (a, b) => (a < b ? -1 : a > b ? 1 : 0)),
      closing,
    );
    collections.begin(row);
    await inPieces(inOrder, (some) => (collections.put(row.id, some), []), PUT_AT_ONCE);
    collections.show(row.id);
    return library.announceCounted(row.id);
  };
  return async (asked) => {
    if ('tagId' in asked) {
      const parent = store.images.folderOf(library.dataset(asked.datasetId).id);
      const tag = foundTag(tags.get(asked.tagId));
      if (!tags.isIn(tag.id, parent)) throw new AppError('no-images.tag', { name: tag.name });
      const named = typed(asked.name) ?? { name: tag.name, naming: tag.naming };
      const known = collections.byTag(parent, tag.id);
      if (known === undefined) {
        const row = rowOf(parent, tag.id, named);
        collections.insert(row, []);
        return library.announceCounted(row.id);
      }
      datasets.update(known, { removedAt: null, ...typed(asked.name) });
      return library.announceCounted(known);
    }
    const rows = await inPieces(asked.imageIds, (some) => store.images.known(some));
    if (rows.length === 0) throw new AppError('no-images.collection');
    const ids = await unhurried(
      mapped(rows, ({ id }) => id),
      closing,
    );
    const named = typed(asked.name) ?? given(reason('given.chosen', { count: ids.length }));
    return made(library.photos.folderOf(rows), named, ids);
  };
}

/** @throws AppError where it is a collection: labels, sides and how files are read are set for its folder */
export function assertFolder({ datasets }: AppContext['store'], dataset: DatasetRow): void {
  const { parent } = dataset;
  if (parent === null) return;
  const folder = datasets.get(parent);
  throw new AppError('bad-request.collection', { name: nameOf(dataset), folder: folder ? nameOf(folder) : parent });
}
