/** The calls of the library. */
import type { AppHandlers, libraryCalls } from '../../../shared/contract.ts';
import { AppError } from '../errors.ts';
import { photoPath } from './scan.ts';
import { browse } from './browse.ts';
import { nearDuplicates } from './duplicates.ts';
import { comparable, isHeldOut, parseLabels } from './labels.ts';
import { previewViews } from './previews.ts';
import type { AppContext } from '../context.ts';
import type { Library } from './library.ts';

export type LibraryHandlers = Pick<AppHandlers, keyof typeof libraryCalls>;

export function libraryHandlers(
  context: AppContext,
  library: Library,
  renderSample: (folder: string) => Promise<void>,
): LibraryHandlers {
  const { store, events } = context;
  const describe = (id: string) => library.describe(library.dataset(id));
  const known = (imageIds: readonly string[]) => imageIds.filter((id) => store.images.get(id));

  return {
    'library.list': () => store.datasets.all().map((row) => library.describe(row)),
    'library.get': ({ datasetId }) => describe(datasetId),
    'library.add': ({ folder, read }) => {
      const { id } = library.open(folder);
      library.startScan(id, { read });
      return describe(id);
    },
    'library.addSample': async () => {
      await renderSample(context.paths.sample);
      const { id } = library.open(context.paths.sample);
      library.startScan(id, { read: true });
      return describe(id);
    },
    'library.rescan': ({ datasetId }) => {
      library.dataset(datasetId);
      library.startScan(datasetId, { read: true });
      return describe(datasetId);
    },
    'library.cancelScan': ({ datasetId }) => {
      library.cancelScan(datasetId);
      return null;
    },
    'library.relocate': ({ datasetId, folder }) => {
      library.dataset(datasetId);
      library.relocate(datasetId, folder);
      library.startScan(datasetId, { read: true });
      return describe(datasetId);
    },
    'library.rename': ({ datasetId, name }) => {
      store.datasets.update(datasetId, { name });
      return library.announce(datasetId);
    },
    'library.remove': ({ datasetId }) => {
      library.dataset(datasetId);
      library.cancelScan(datasetId);
      store.datasets.update(datasetId, { removedAt: Date.now() });
      events.emit({ name: 'datasetRemoved', datasetId });
      return null;
    },
    'library.restore': ({ datasetId }) => {
      store.datasets.update(datasetId, { removedAt: null });
      return library.announce(datasetId);
    },
    'library.setLabels': ({ datasetId, source, depth, csv }) => {
      library.dataset(datasetId);
      if (source === 'csv') {
        if (csv === undefined) throw new AppError('bad-request.csv-text');
        setCsvLabels(context, datasetId, csv);
      } else {
        store.datasets.update(datasetId, { labelSource: source, labelDepth: depth });
        library.relabel(datasetId);
      }
      return library.announce(datasetId);
    },
    'library.setHeldOut': ({ datasetId, fraction }) => {
      library.dataset(datasetId);
      store.datasets.update(datasetId, { heldOut: fraction });
      store.images.setHeldOut(
        store.images.present(datasetId).map((row) => [row.id, isHeldOut(row.file, fraction)] as const),
      );
      return library.announce(datasetId);
    },
    'library.images': ({ datasetId, label, search, excluded, offset, limit }) => {
      library.dataset(datasetId);
      const { total, rows } = store.images.page(datasetId, { label, search, excluded }, offset, limit);
      return { total, images: rows.map((row) => library.info(row)) };
    },
    'library.image': ({ imageId }) => library.info(library.image(imageId)),
    'library.exclude': ({ imageIds, excluded }) => {
      const ids = known(imageIds);
      store.images.setExcluded(ids, excluded);
      for (const datasetId of new Set(ids.map((id) => store.images.get(id)!.datasetId)))
        if (!store.datasets.get(datasetId)!.removedAt) library.announce(datasetId);
      return null;
    },
    'library.skipped': ({ datasetId, offset, limit }) => store.images.skipped(datasetId, offset, limit),
    'library.duplicates': ({ datasetId, distance }) => {
      library.dataset(datasetId);
      const photos = store.images.usable(datasetId).flatMap(({ id, hash }) => (hash ? [{ id, hash }] : []));
      return nearDuplicates(photos, distance).map((imageIds) => ({ imageIds }));
    },
    'library.reveal': async (target) => {
      if (!context.host.reveal) throw new AppError('not-supported.files');
      if ('imageId' in target) await context.host.reveal(library.path(library.image(target.imageId)));
      else {
        if (!store.images.isSkipped(target.datasetId, target.file))
          throw new AppError('not-found.skipped', { file: target.file });
        await context.host.reveal(photoPath(library.dataset(target.datasetId), { file: target.file }));
      }
      return null;
    },
    'library.previewViews': previewViews(context, library),
    'library.browse': ({ folder }) => browse(folder),
  };
}

/** Rows of the CSV are matched by path inside the folder, and by bare name where that is unique. */
function setCsvLabels({ store }: AppContext, datasetId: string, csv: string): void {
  const labels = parseLabels(csv);
  const rows = store.images.present(datasetId);
  const byName = new Map<string, string | null>();
  for (const row of rows) {
    const name = comparable(row.file).split('/').at(-1)!;
    byName.set(name, byName.has(name) ? null : row.id);
  }
  const label = (row: { id: string; file: string }): string | null => {
    const file = comparable(row.file);
    const name = file.split('/').at(-1)!;
    return labels.get(file) ?? (byName.get(name) === row.id ? (labels.get(name) ?? null) : null);
  };
  const found = rows.map((row) => [row.id, label(row)] as const);
  if (!found.some(([, name]) => name !== null))
    throw new AppError('bad-request.csv-names', { count: labels.size, file: rows[0]?.file ?? 'cats/1.jpg' });
  store.datasets.update(datasetId, { labelSource: 'csv' });
  store.images.setLabels(found);
}
