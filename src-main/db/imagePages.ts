/**
 * Pages of a folder's photos in the order of file names, at any offset: the place is found in the index alone
 * (images_here), from the nearest place that an earlier page found, and counts come from image_counts. A page at the
 * end of a million photos takes milliseconds.
 */
import { datasetScope } from './collections.ts';
import type { Db } from './database.ts';
import type { ImageRow } from './images.ts';

export interface ImageFilter {
  label?: string | null | undefined;
  search?: string | undefined;
  excluded?: boolean | undefined;
  tagId?: string | undefined;
  /** At least so many stars. */
  rating?: number | undefined;
}

/** Where an earlier page began, from which later ones are found. */
interface Place {
  offset: number;
  file: string;
  place: number;
}

/** By file name, label, tag and keyword. */
const searched = [
  'file LIKE @search',
  'label LIKE @search',
  'images.id IN (SELECT image_id FROM image_tags JOIN tags ON tags.id = tag_id WHERE name LIKE @search',
  'images.id IN (SELECT image_id FROM image_keywords WHERE keyword LIKE @search',
]
  .map((part) => `${part} ESCAPE '\\'${part.includes('(') ? ')' : ''}`)
  .join(' OR ');

/** Most places that are kept of the list that was asked for last. */
const mostPlaces = 4096;

export function imagePages(db: Db, columns: string) {
  /** Counts every change of the database, which may have moved the places. */
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
  let known: { list: string; changes: number; places: Place[] } = { list: '', changes: -1, places: [] };

  const { folderOf, condition } = datasetScope(db);
  const where = (filter: ImageFilter, datasetId: string) => {
    const parts = [condition(datasetId), 'gone = 0'];
    if (filter.label !== undefined) parts.push(filter.label === null ? 'label IS NULL' : 'label = @label');
    if (filter.excluded !== undefined) parts.push(`excluded = ${filter.excluded ? 1 : 0}`);
    if (filter.tagId !== undefined) parts.push('id IN (SELECT image_id FROM image_tags WHERE tag_id = @tagId)');
    if (filter.rating !== undefined) parts.push('rating >= @rating');
    if (filter.search) parts.push(`(${searched})`);
    return parts.join(' AND ');
  };

  function count(filter: ImageFilter, parameters: { datasetId: string }): number {
    const { datasetId } = parameters;
    if (filter.search || filter.tagId !== undefined || filter.rating !== undefined || folderOf(datasetId) !== datasetId)
      return db
        .prepare<[object], number>(`SELECT count(*) FROM images WHERE ${where(filter, datasetId)}`)
        .pluck()
        .get(parameters)!;
    const kinds = where(filter, datasetId)
      .replace('images.dataset_id', 'dataset_id')
      .replace('label IS NULL', 'labelled = 0')
      .replace('label = @label', 'labelled = 1 AND label = @label');
    return db
      .prepare<[object], number>(`SELECT coalesce(sum(images), 0) FROM image_counts WHERE ${kinds}`)
      .pluck()
      .get(parameters)!;
  }

  const from = 'AND file >= @file AND (file > @file OR place >= @place)';

  /** The name and part of the photo at `offset`; undefined where the list ends before. */
  function placeAt(
    filter: ImageFilter,
    parameters: { datasetId: string },
    offset: number,
  ): Omit<Place, 'offset'> | undefined {
    const list = JSON.stringify([parameters, filter]);
    const now = changes.get()!;
    if (known.list !== list || known.changes !== now) known = { list, changes: now, places: [] };
    let nearest: Place | null = null;
    for (const place of known.places)
      if (place.offset <= offset && (nearest === null || place.offset > nearest.offset)) nearest = place;
    const found = db
      .prepare<[object], Omit<Place, 'offset'>>(
        `SELECT file, place FROM images WHERE ${where(filter, parameters.datasetId)} ${nearest ? from : ''}
         ORDER BY file, place LIMIT 1 OFFSET @skip`,
      )
      .get({
        ...parameters,
        ...(nearest && { file: nearest.file, place: nearest.place }),
        skip: offset - (nearest?.offset ?? 0),
      });
    if (found !== undefined && nearest?.offset !== offset && known.places.length < mostPlaces)
      known.places.push({ offset, ...found });
    return found;
  }

  const parametersOf = (datasetId: string, { label, search, tagId, rating }: ImageFilter) => ({
    datasetId,
    ...(typeof label === 'string' && { label }),
    ...(tagId !== undefined && { tagId }),
    ...(rating !== undefined && { rating }),
    ...(search && { search: `%${search.replace(/[\\%_]/g, '\\$&')}%` }),
  });

  function page(
    datasetId: string,
    filter: ImageFilter,
    offset: number,
    limit: number,
  ): { total: number; rows: ImageRow[] } {
    const parameters = parametersOf(datasetId, filter);
    const total = count(filter, parameters);
    const first = offset < total ? placeAt(filter, parameters, offset) : undefined;
    if (first === undefined) return { total, rows: [] };
    const rows = db
      .prepare<[object], ImageRow>(
        `SELECT ${columns} FROM images WHERE ${where(filter, datasetId)} ${from} ORDER BY file, place LIMIT @limit`,
      )
      .all({ ...parameters, ...first, limit });
    return { total, rows };
  }

  /** Every photo that a filter finds, in the order of pages. */
  const ids = (datasetId: string, filter: ImageFilter): string[] =>
    db
      .prepare<[object], string>(`SELECT id FROM images WHERE ${where(filter, datasetId)} ORDER BY file, place`)
      .pluck()
      .all(parametersOf(datasetId, filter));

  return { page, ids };
}
