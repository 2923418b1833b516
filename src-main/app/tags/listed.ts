/** Photos as a list of them is saved: their folder, file, path, label and tags. */
import type { ListedPhoto } from '../../../shared/contract.ts';
import { photoName } from '../../../shared/parts.ts';
import type { DatasetRow, Store } from '../../db/index.ts';
import { photoPath } from '../library/photos.ts';
import type { Work } from '../unhurried.ts';

/** Photos that are read at a time: some milliseconds. */
const AT_ONCE = 250;

/** In the order asked for; what is gone from the history is left out. */
export function* listed(
  { datasets, images, tags }: Pick<Store, 'datasets' | 'images' | 'tags'>,
  imageIds: readonly string[],
): Work<ListedPhoto[]> {
  const out: ListedPhoto[] = [];
  for (let from = 0; from < imageIds.length; from += AT_ONCE) {
    if (from > 0) yield;
    const rows = images.some(imageIds.slice(from, from + AT_ONCE));
    // of this moment: folders are renamed and tags deleted between two pieces
    const folders = new Map<string, DatasetRow | undefined>();
    for (const { datasetId } of rows) if (!folders.has(datasetId)) folders.set(datasetId, datasets.get(datasetId));
    const names = new Map(tags.all().map(({ id, name }) => [id, name]));
    const tagsOf = tags.ofEach(rows.map(({ id }) => id));
    for (const row of rows) {
      const folder = folders.get(row.datasetId);
      if (!folder) continue;
      out.push({
        id: row.id,
        folder: folder.name,
        file: photoName(row.file, row.part),
        path: photoPath(folder, row),
        label: row.label,
        tags: (tagsOf.get(row.id) ?? []).map((tagId) => names.get(tagId)!),
      });
    }
  }
  return out;
}
