/** Chosen photos with their folders and tags, as lists of them are saved and as they are copied. */
import type { ListedPhoto } from '../../../shared/contract.ts';
import { photoName } from '../../../shared/parts.ts';
import type { DatasetRow, ImageRow, Store } from '../../db/index.ts';
import { photoPath } from '../library/photos.ts';
import type { Work } from '../../../shared/work.ts';

/** Photos that are read at a time: some milliseconds. */
const AT_ONCE = 250;

interface Chosen {
  row: ImageRow;
  folder: DatasetRow;
  /** Names of its tags. */
  tags: string[];
}

/** In the order asked for, in pieces of some milliseconds; what is gone from the history is left out. */
export function* chosenPhotos(
  { datasets, images, tags }: Pick<Store, 'datasets' | 'images' | 'tags'>,
  imageIds: readonly string[],
): Generator<Chosen[]> {
  for (let from = 0; from < imageIds.length; from += AT_ONCE) {
    const rows = images.some(imageIds.slice(from, from + AT_ONCE));
    // of this moment: folders are renamed and tags deleted between two pieces
    const folders = new Map([...new Set(rows.map(({ datasetId }) => datasetId))].map((id) => [id, datasets.get(id)]));
    const names = new Map(tags.all().map(({ id, name }) => [id, name]));
    const tagsOf = tags.ofEach(rows.map(({ id }) => id));
    yield rows.flatMap((row) => {
      const folder = folders.get(row.datasetId);
      return folder ? [{ row, folder, tags: (tagsOf.get(row.id) ?? []).map((tagId) => names.get(tagId)!) }] : [];
    });
  }
}

/** What a list of them says: folder, file, path, label and tags. */
export function* listed(store: Parameters<typeof chosenPhotos>[0], imageIds: readonly string[]): Work<ListedPhoto[]> {
  const out: ListedPhoto[] = [];
  for (const piece of chosenPhotos(store, imageIds)) {
    for (const { row, folder, tags } of piece)
      out.push({
        id: row.id,
        folder: folder.name,
        file: photoName(row.file, row.part),
        path: photoPath(folder, row),
        label: row.label,
        tags,
      });
    yield;
  }
  return out;
}
