/**
 * What may have changed a list of photos: counted for each folder and for each thing of a photo that a list may go by,
 * whoever writes. So a photo that is read, whose size, hash and format become known, changes no list, nor does anything
 * that happens in another folder.
 */
import type { Db } from './database.ts';

/**
 * Things of photos that lists go by: which there are and how they are ordered, whether each is taken out, its label, side
 * and group, its rating, the tags and keywords that it has, and which a collection holds.
 */
export type ListedBy = 'there' | 'excluded' | 'label' | 'side' | 'group' | 'rating' | 'tags' | 'keywords' | 'held';

const differs = (...names: string[]) => names.map((name) => `OLD.${name} IS NOT NEW.${name}`).join(' OR ');
const updated = (...names: string[]) => `UPDATE OF ${names.join(', ')} ON images WHEN ${differs(...names)}`;
/** The folder of a photo that has gone with its tags is not known any more: then every folder may have changed. */
const ofPhoto = (row: string) => `(SELECT dataset_id FROM images WHERE id = ${row}.image_id)`;

/** After what, of which folder (or collection; null: of any), which thing has changed. */
const triggers: readonly [after: string, folder: string, by: ListedBy][] = [
  ['INSERT ON images', 'NEW.dataset_id', 'there'],
  ['DELETE ON images', 'OLD.dataset_id', 'there'],
  [updated('gone', 'file', 'place'), 'NEW.dataset_id', 'there'],
  [updated('excluded'), 'NEW.dataset_id', 'excluded'],
  [updated('label'), 'NEW.dataset_id', 'label'],
  [updated('held_out'), 'NEW.dataset_id', 'side'],
  [updated('photo_group'), 'NEW.dataset_id', 'group'],
  [updated('rating'), 'NEW.dataset_id', 'rating'],
  ['INSERT ON image_tags', ofPhoto('NEW'), 'tags'],
  ['DELETE ON image_tags', ofPhoto('OLD'), 'tags'],
  [`UPDATE OF name ON tags WHEN ${differs('name')}`, 'NULL', 'tags'],
  ['INSERT ON image_keywords', ofPhoto('NEW'), 'keywords'],
  ['DELETE ON image_keywords', ofPhoto('OLD'), 'keywords'],
  ['INSERT ON collection_images', 'NEW.dataset_id', 'held'],
  ['DELETE ON collection_images', 'OLD.dataset_id', 'held'],
  [`UPDATE OF tag ON datasets WHEN ${differs('tag')}`, 'NEW.id', 'held'],
];

export function photoChanges(db: Db) {
  const counts = new Map<string, number>();
  const keyOf = (folder: string | null, by: string): string => `${by} ${folder ?? ''}`;
  db.function('photos_changed', (folder: string | null, by: string) => {
    const key = keyOf(folder, by);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return null;
  });
  // of this connection alone, which is the only one: nothing of them is in the file
  for (const [at, [after, folder, by]] of triggers.entries())
    db.exec(
      `CREATE TEMP TRIGGER photos_changed_${at} AFTER ${after} BEGIN SELECT photos_changed(${folder}, '${by}'); END`,
    );

  /**
   * Never falls; the same number as before: no list of the folder that goes by these things has changed.
   * @param folders the folder, and where the list is a collection's that as well
   */
  return (folders: readonly string[], by: Iterable<ListedBy>): number => {
    let sum = 0;
    for (const each of by)
      for (const folder of [...new Set(folders), null]) sum += counts.get(keyOf(folder, each)) ?? 0;
    return sum;
  };
}
