/** The calls of the library. */
import { InputConfig } from '../../../shared/config/pictures.ts';
import type { AppHandlers, libraryCalls } from '../../../shared/contract.ts';
import { given, isNamed } from '../../../shared/naming.ts';
import { reason } from '../../../shared/reason.ts';
import { fileOfName, photoName } from '../../../shared/parts.ts';
import { AppError } from '../errors.ts';
import { browse } from './browse.ts';
import { assertFolder, collect } from './collections.ts';
import { divisionKey } from '../../images/index.ts';
import type { PixelRule } from '../../images/index.ts';
import { findingsOf, keptFindings, measure, ruleOf } from './measuring.ts';
import { readCsv } from './csv.ts';
import { importCsv } from './csvImport.ts';
import type { CsvRow } from './csv.ts';
import { inPieces, LongLists } from './lists.ts';
import { photoPath } from './photos.ts';
import { examplePictures } from './examples.ts';
import { previewViews } from './previews.ts';
import { describePhotos, describingOnce } from './describing.ts';
import { patternOf } from './groups.ts';
import { csvReport, groupingOf, namesPhotos, tryPattern } from './rules.ts';
import { unhurried } from '../unhurried.ts';
import type { Store } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import type { Library } from './library.ts';

export type LibraryHandlers = Pick<AppHandlers, keyof typeof libraryCalls>;

const sampleName = given(reason('given.sample'));

/** The sample photos have a name of the program's, in a home of an earlier version too, unless a person called them otherwise. */
function nameSample({ store: { datasets }, paths }: AppContext): void {
  const dataset = datasets.byFolder(paths.sample);
  if (dataset && !dataset.naming && isNamed(sampleName, dataset.name)) datasets.update(dataset.id, sampleName);
}

/** Milliseconds for which a page that is opened anew offers to take back what was taken out. */
const offersUndo = 600_000;

/** What is dated further ahead was done while the clock was wrong, and would be offered until then. */
function lately(): [from: number, to: number] {
  const now = Date.now();
  return [now - offersUndo, now + offersUndo];
}

export function libraryHandlers(
  context: AppContext,
  library: Library,
  renderSample: (folder: string) => Promise<void>,
): LibraryHandlers {
  const { store } = context;
  nameSample(context);
  const lists = new LongLists(store.images);
  const describe = (id: string) => library.describe(library.dataset(id));
  const describeOnce = describingOnce(
    context,
    (id) => store.datasets.get(id)?.removedAt === null && library.announce(id),
  );

  return {
    'library.list': () => library.list(),
    'library.get': ({ datasetId }) => library.described(datasetId),
    'library.add': ({ folder, read }) => library.add(folder, read),
    'library.addSample': async () => {
      const { sample } = context.paths;
      await renderSample(sample);
      const { id } = await library.add(sample, true);
      nameSample(context);
      return library.announceCounted(id);
    },
    'library.collect': collect(context, library),
    'library.rescan': ({ datasetId }) =>
      library.command(store.images.folderOf(datasetId), () => {
        library.dataset(datasetId);
        library.readings.begin(datasetId, true);
        return library.described(datasetId);
      }),
    'library.cancelScan': ({ datasetId }) => {
      library.readings.cancel(datasetId);
      return null;
    },
    'library.relocate': ({ datasetId, folder, anyway }) => library.moves.relocate(datasetId, folder, anyway),
    'library.moveBack': ({ datasetId, from }) => library.moves.moveBack(datasetId, from),
    'library.moved': () => store.datasets.movedBetween(...lately()),
    'library.rename': ({ datasetId, name }) =>
      library.command(datasetId, () => {
        store.datasets.update(datasetId, { name, naming: null });
        return library.announceCounted(datasetId);
      }),
    'library.remove': async ({ datasetId }) => {
      await library.remove(datasetId);
      return null;
    },
    'library.restore': ({ datasetId }) => library.restore(datasetId),
    'library.removed': () => store.datasets.removedBetween(...lately()),
    'library.setLabels': ({ datasetId, source, depth, csv, columns }, { signal }) =>
      library.command(datasetId, async () => {
        assertFolder(store, library.dataset(datasetId));
        if (source !== 'csv')
          return library.changeRules(datasetId, () =>
            store.datasets.update(datasetId, { labelSource: source, labelDepth: depth, labelsChosen: 1 }),
          );
        if (csv === undefined) throw new AppError('bad-request.csv-text');
        const stop = AbortSignal.any([signal, context.closing]);
        const read = await unhurried(readCsv(csv, columns), stop);
        await library.readings.listed(datasetId); // whether the CSV is this folder's can be said of known photos only
        await assertNamesPhotos(store, datasetId, read.rows, stop);
        const grouping = groupingOf(library.dataset(datasetId));
        const by = read.columns.group !== null ? 'csv' : grouping.by === 'csv' ? 'none' : grouping.by;
        const rules = { labelSource: 'csv', labelsChosen: 1, grouping: JSON.stringify({ ...grouping, by }) } as const;
        const change = () => store.datasets.update(datasetId, rules);
        return importCsv(context, library, datasetId, read.rows, change, stop);
      }),
    'library.readCsv': async ({ datasetId, csv, columns }, { signal }) => {
      library.dataset(datasetId);
      const stop = AbortSignal.any([signal, context.closing]);
      const { rows, ...read } = await unhurried(readCsv(csv, columns), stop);
      await library.readings.listed(datasetId);
      return { ...read, report: await unhurried(csvReport(store, datasetId, rows), stop) };
    },
    'library.csvReport': ({ datasetId }, { signal }) =>
      unhurried(
        csvReport(store, store.images.folderOf(library.dataset(datasetId).id)),
        AbortSignal.any([signal, context.closing]),
      ),
    'library.setHeldOut': ({ datasetId, fraction }) =>
      library.command(datasetId, () => {
        assertFolder(store, library.dataset(datasetId));
        return library.changeRules(datasetId, () => store.datasets.update(datasetId, { heldOut: fraction }));
      }),
    'library.setGroups': ({ datasetId, by, pattern }) =>
      library.command(datasetId, async () => {
        assertFolder(store, library.dataset(datasetId));
        if (by === 'pattern') patternOf(pattern); // refused before anything changes
        await library.readings.listed(datasetId); // a pattern is tried on the names that there are
        // bursts are told by what EXIF says, which a folder that was only listed was not read for
        if (by === 'bursts') await describePhotos(context, library.dataset(datasetId), context.closing);
        if (by === 'pattern') await unhurried(tryPattern(store, datasetId, pattern));
        const grouping = JSON.stringify({ by, pattern });
        return library.changeRules(datasetId, () => store.datasets.update(datasetId, { grouping }));
      }),
    'library.setSplitFolders': ({ datasetId, on }) =>
      library.command(datasetId, () => {
        assertFolder(store, library.dataset(datasetId));
        return library.changeRules(datasetId, () => store.datasets.update(datasetId, { splitFolders: on ? 1 : 0 }));
      }),
    'library.setInput': ({ datasetId, input: change, measure: anew, read }) =>
      library.command(datasetId, async () => {
        const before = library.dataset(datasetId);
        assertFolder(store, before);
        const input = InputConfig.parse({ ...ruleOf(before), ...change });
        assertTiles(input);
        assertRange(input);
        if (divisionKey(input) !== divisionKey(ruleOf(before))) {
          // what is to be measured by it is so when it has been divided
          const by = change.ranges === undefined ? {} : { findings: keptFindings(findingsOf(before), input) };
          store.datasets.update(datasetId, { input: JSON.stringify(input), ...by });
          await library.readings.beginAnew(datasetId, read);
          return describe(datasetId);
        }
        library.announce(datasetId, input); // the choice shows at once, and stands with what is measured by it
        try {
          await library.readings.listed(datasetId);
          await measure({ store, pool: context.pool }, before, context.closing, { settings: change, anew });
        } catch (error) {
          library.announce(datasetId); // all is as it was
          throw error;
        }
        return library.announce(datasetId);
      }),
    'library.images': async ({ datasetId, offset, limit, ...filter }) => {
      library.dataset(datasetId);
      const { total, rows } = await lists.page(datasetId, filter, offset, limit);
      return { total, images: library.photos.infos(rows) };
    },
    'library.described': ({ datasetId }) => {
      const { id } = library.dataset(datasetId);
      const folder = library.dataset(store.images.folderOf(id));
      if (!library.readings.isReading(folder.id)) describeOnce(folder);
      return unhurried(store.descriptions.finding(id), context.closing);
    },
    'library.image': ({ imageId }) => library.photos.info(library.photos.get(imageId)),
    'library.names': ({ imageIds }) =>
      imageIds.map((id) => {
        const row = store.images.get(id);
        return row ? photoName(row.file, row.part) : null;
      }),
    'library.exclude': async ({ imageIds, excluded }) => {
      const known = await inPieces(imageIds, (some) =>
        store.images.known(some).filter((row) => (row.excluded === 1) !== excluded),
      );
      const byFolder = Map.groupBy(known, ({ datasetId }) => datasetId);
      const changed = await Promise.all(
        [...byFolder].map(([datasetId, rows]) =>
          library.command(datasetId, async () => {
            const ids = rows.map(({ id }) => id);
            try {
              return await inPieces(ids, (some) => store.images.setExcluded(some, excluded));
            } finally {
              if (!store.datasets.get(datasetId)!.removedAt) library.announce(datasetId);
            }
          }),
        ),
      );
      return changed.flat();
    },
    'library.skipped': ({ datasetId, offset, limit }) =>
      unhurried(store.images.skipped(datasetId, offset, limit), context.closing),
    'library.reveal': async (target) => {
      if (!context.host.reveal) throw new AppError('not-supported.files');
      if ('imageId' in target) await context.host.reveal(library.photos.path(library.photos.get(target.imageId)));
      else {
        if (!store.images.isSkipped(target.datasetId, target.file))
          throw new AppError('not-found.skipped', { file: target.file });
        await context.host.reveal(photoPath(library.dataset(target.datasetId), { file: fileOfName(target.file) }));
      }
      return null;
    },
    'library.previewViews': previewViews(context, library),
    'library.examples': examplePictures(context, library),
    'library.browse': ({ folder }) => browse(folder),
  };
}

/** Below this many pixels a tile shows nothing that could be told from another. */
const LEAST_TILE = 32;

/** @throws AppError bad-request where tiles could not be cut so */
function assertTiles({ tiles, overlap }: PixelRule): void {
  if (tiles > 0 && (tiles < LEAST_TILE || overlap > tiles / 2))
    throw new AppError('bad-request.tiles', { tiles, overlap, least: LEAST_TILE });
}

/** @throws AppError bad-request where black is not below white, or one of them is missing */
function assertRange({ rule, low, high }: PixelRule): void {
  if (rule !== 'fixed') return;
  if (low === null || high === null) throw new AppError('bad-request.range-open');
  if (low >= high) throw new AppError('bad-request.range', { low, high });
}

/** @throws AppError bad-request where the CSV says something of none of the folder's photos */
async function assertNamesPhotos(
  store: Store,
  datasetId: string,
  rows: readonly CsvRow[],
  signal: AbortSignal,
): Promise<void> {
  const { isAny, example } = await unhurried(namesPhotos(store, datasetId, rows), signal);
  if (rows.length === 0) throw new AppError('bad-request.csv-empty');
  if (!isAny) throw new AppError('bad-request.csv-names', { count: rows.length, file: example });
}
