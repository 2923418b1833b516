/**
 * Pages of a folder's photos in the order of file names, at any offset: the place is found in the index alone
 * (images_here), from the nearest place before it that an earlier page found, or from the end where that is nearer, and
 * counts come from image_counts. Any page of a million photos takes milliseconds.
 */
import type { ListedBy, photoChanges } from './changes.ts';
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

const like = "LIKE @search ESCAPE '\\'";
const byTag = `EXISTS (SELECT 1 FROM image_tags JOIN tags ON tags.id = tag_id WHERE image_id = images.id AND name ${like})`;
const byKeyword = `EXISTS (SELECT 1 FROM image_keywords WHERE image_id = images.id AND keyword ${like})`;
const patternOf = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;

/** Milliseconds that a piece of a list should take, and how many photos are looked at in the first. */
const PIECE_TIME = 8;
const FIRST_PIECE = 1000;
/** Where fewer photos lie in the folder, or have the tag, a list is read at once. */
const QUICK = 10_000;

/** Most places that are kept of the list that was asked for last. */
const mostPlaces = 4096;

/** @param counted counts what may have moved the places */
export function imagePages(db: Db, columns: string, counted: ReturnType<typeof photoChanges>) {
  let known: { list: string; changes: number; places: Place[] } = { list: '', changes: -1, places: [] };

  const { folderOf, condition } = datasetScope(db);
  const anyTag = db.prepare<[object], number>(`SELECT 1 FROM tags WHERE name ${like} LIMIT 1`).pluck();
  const anyKeyword = db.prepare<[], number>('SELECT 1 FROM image_keywords LIMIT 1').pluck();

  /**
   * By file name, label, tag and keyword; each photo by itself, as a list is looked through a piece at a time. No photo
   * is asked for its tags where none is called so, nor for keywords where no photo has any.
   */
  const searched = (search: string): string =>
    [
      `file ${like}`,
      `label ${like}`,
      ...(anyTag.get({ search: patternOf(search) }) ? [byTag] : []),
      ...(anyKeyword.get() ? [byKeyword] : []),
    ].join(' OR ');
  const where = (filter: ImageFilter, datasetId: string) => {
    const parts = [condition(datasetId), 'gone = 0'];
    if (filter.label !== undefined) parts.push(filter.label === null ? 'label IS NULL' : 'label = @label');
    if (filter.excluded !== undefined) parts.push(`excluded = ${filter.excluded ? 1 : 0}`);
    if (filter.tagId !== undefined) parts.push('id IN (SELECT image_id FROM image_tags WHERE tag_id = @tagId)');
    if (filter.rating !== undefined) parts.push('rating >= @rating');
    if (filter.search) parts.push(`(${searched(filter.search)})`);
    return parts.join(' AND ');
  };

  const changes = (datasetId: string, by: readonly ListedBy[]): number => {
    const folder = folderOf(datasetId);
    return counted(
      [folder, datasetId],
      new Set<ListedBy>([...by, 'there', ...(folder === datasetId ? [] : (['held', 'tags'] as const))]),
    );
  };

  /** Counts what may have changed which photos a filter finds, or their order. */
  const changesOf = (datasetId: string, { label, search, excluded, tagId, rating }: ImageFilter): number =>
    changes(datasetId, [
      ...(label === undefined ? [] : (['label'] as const)),
      ...(excluded === undefined ? [] : (['excluded'] as const)),
      ...(tagId === undefined ? [] : (['tags'] as const)),
      ...(rating === undefined ? [] : (['rating'] as const)),
      ...(search ? (['label', 'tags', 'keywords'] as const) : []),
    ]);

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

  /** The name and part of the photo at `offset` of a list of `total`, counted from a place before it or from the end. */
  function placeAt(
    filter: ImageFilter,
    parameters: { datasetId: string },
    offset: number,
    total: number,
  ): Omit<Place, 'offset'> | undefined {
    const list = JSON.stringify([parameters, filter]);
    const now = changesOf(parameters.datasetId, filter);
    if (known.list !== list || known.changes !== now) known = { list, changes: now, places: [] };
    let nearest: Place = { offset: 0, file: '', place: 0 };
    for (const place of known.places) if (place.offset <= offset && place.offset > nearest.offset) nearest = place;
    const toEnd = total - 1 - offset;
    const isFromEnd = toEnd < offset - nearest.offset;
    const order = isFromEnd ? 'ORDER BY file DESC, place DESC' : `${from} ORDER BY file, place`;
    const found = db
      .prepare<[object], Omit<Place, 'offset'>>(
        `SELECT file, place FROM images WHERE ${where(filter, parameters.datasetId)} ${order} LIMIT 1 OFFSET @skip`,
      )
      .get({
        ...parameters,
        ...(!isFromEnd && { file: nearest.file, place: nearest.place }),
        skip: isFromEnd ? toEnd : offset - nearest.offset,
      });
    if (found !== undefined && nearest.offset !== offset && known.places.length < mostPlaces)
      known.places.push({ offset, ...found });
    return found;
  }

  const parametersOf = (datasetId: string, { label, search, tagId, rating }: ImageFilter) => ({
    datasetId,
    ...(typeof label === 'string' && { label }),
    ...(tagId !== undefined && { tagId }),
    ...(rating !== undefined && { rating }),
    ...(search && { search: patternOf(search) }),
  });

  function page(
    datasetId: string,
    filter: ImageFilter,
    offset: number,
    limit: number,
  ): { total: number; rows: ImageRow[] } {
    const parameters = parametersOf(datasetId, filter);
    const total = count(filter, parameters);
    const first = offset < total ? placeAt(filter, parameters, offset, total) : undefined;
    if (first === undefined) return { total, rows: [] };
    const rows = db
      .prepare<[object], ImageRow>(
        `SELECT ${columns} FROM images WHERE ${where(filter, datasetId)} ${from} ORDER BY file, place LIMIT @limit`,
      )
      .all({ ...parameters, ...first, limit });
    return { total, rows };
  }

  const bound = db.prepare<[object], Omit<Place, 'offset'>>(
    `SELECT file, place FROM images WHERE dataset_id = @folder AND gone = 0 AND file >= @file
       AND (file > @file OR place >= @place) ORDER BY file, place LIMIT 1 OFFSET @step`,
  );
  const atMost = (query: string) =>
    db.prepare<[object], number>(`SELECT count(*) FROM (${query} LIMIT ${QUICK})`).pluck();
  const inFolder = db
    .prepare<[object], number>(
      'SELECT coalesce(sum(images), 0) FROM image_counts WHERE dataset_id = @folder AND gone = 0',
    )
    .pluck();
  const inCollection = atMost('SELECT 1 FROM collection_members WHERE dataset_id = @datasetId');
  const withTag = atMost('SELECT 1 FROM image_tags WHERE tag_id = @tagId');

  /** Whether a list is read at once in some milliseconds. */
  function isQuick(datasetId: string, { tagId }: ImageFilter): boolean {
    const folder = folderOf(datasetId);
    return (
      inFolder.get({ folder })! < QUICK ||
      (folder !== datasetId && inCollection.get({ datasetId })! < QUICK) ||
      (tagId !== undefined && withTag.get({ tagId })! < QUICK)
    );
  }

  /**
   * Every photo that a filter finds, in the order of pages, in pieces of some milliseconds: the caller lets others have
   * the thread in between.
   */
  function* read<Row>(of: string, datasetId: string, filter: ImageFilter, isOneValue = false): Generator<Row[]> {
    const parameters = parametersOf(datasetId, filter);
    const select = (condition: string, and = '') =>
      db
        .prepare<[object], Row>(`SELECT ${of} FROM images WHERE ${condition} ${and} ORDER BY file, place`)
        .pluck(isOneValue);
    if (isQuick(datasetId, filter)) return yield select(where(filter, datasetId)).all(parameters);
    const folder = folderOf(datasetId);
    // each photo by itself: what a collection or tag holds is not gathered anew for each piece
    const held = (members: string) => `AND EXISTS (SELECT 1 FROM ${members} AND image_id = images.id)`;
    const condition = [
      where({ ...filter, tagId: undefined }, folder),
      folder === datasetId ? '' : held('collection_members WHERE collection_members.dataset_id = @collection'),
      filter.tagId === undefined ? '' : held('image_tags WHERE tag_id = @tagId'),
    ].join(' ');
    const given = { ...parameters, datasetId: folder, ...(folder !== datasetId && { collection: datasetId }) };
    const between = select(condition, `${from} AND file <= @endFile AND (file < @endFile OR place < @endPlace)`);
    const last = select(condition, from);
    let start: Omit<Place, 'offset'> | undefined = { file: '', place: 0 };
    for (let step = FIRST_PIECE; start;) {
      const began = performance.now();
      const end: Omit<Place, 'offset'> | undefined = bound.get({ folder, ...start, step });
      const found = end
        ? between.all({ ...given, ...start, endFile: end.file, endPlace: end.place })
        : last.all({ ...given, ...start });
      const slower = (performance.now() - began) / PIECE_TIME;
      step = Math.max(100, Math.round(step / Math.max(0.5, Math.min(2, slower))));
      start = end;
      yield found;
    }
  }

  /** Whether pages and counts of this list need a look at every photo of a large folder. */
  const isLong = (datasetId: string, filter: ImageFilter): boolean =>
    (!!filter.search ||
      filter.tagId !== undefined ||
      filter.rating !== undefined ||
      folderOf(datasetId) !== datasetId) &&
    !isQuick(datasetId, filter);

  const byRow = db.prepare<[number], ImageRow>(`SELECT ${columns} FROM images WHERE rowid = ?`);

  return {
    page,
    /** Photos that a filter finds with their rows, in pieces. */
    pieces: (datasetId: string, filter: ImageFilter) =>
      read<{ row: number; id: string }>('images.rowid AS row, id', datasetId, filter),
    /** Their ids alone, and their rows alone: in half the time. */
    idPieces: (datasetId: string, filter: ImageFilter) => read<string>('id', datasetId, filter, true),
    rowPieces: (datasetId: string, filter: ImageFilter) => read<number>('images.rowid', datasetId, filter, true),
    /** What is trained on and embedded, in pieces. */
    usablePieces: (datasetId: string) => read<ImageRow>(columns, datasetId, { excluded: false }),
    /** The same by side and label. */
    sidePieces: (datasetId: string) =>
      read<{ row: number; heldOut: number; label: string | null }>(
        'images.rowid AS row, held_out AS heldOut, label',
        datasetId,
        { excluded: false },
      ),
    /** The same by what tells its content. */
    versionPieces: (datasetId: string) =>
      read<Pick<ImageRow, 'id' | 'bytes' | 'modified' | 'content'>>('id, bytes, modified, content', datasetId, {
        excluded: false,
      }),
    isLong,
    /** Photos by their rows. */
    byRows: (rows: readonly number[]): ImageRow[] => rows.map((row) => byRow.get(row)!),
    changesOf,
    /** Counts what may have changed `sidePieces`. */
    sideChanges: (datasetId: string) => changes(datasetId, ['excluded', 'side', 'label']),
  };
}
