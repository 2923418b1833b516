/** The folders of photos: the list, and how far each scan is. Photos themselves are read page by page (photos.svelte.ts). */
import type { Dataset, ScanProgress } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import type { I18n } from './i18n.svelte.ts';
import { ContractError } from '../../shared/contract/wire.ts';

/** Of what makes a picture of measured values: another word for another rule, and while it is not in force. */
function wordOf({ input, measuring }: Dataset): string {
  const { rule, low, high, percentiles, ranges, bands, page } = input;
  let hash = measuring ? 1 : 0;
  for (const letter of JSON.stringify([rule, low, high, percentiles, ranges, bands, page]))
    hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}

export class Library {
  #rows = $state.raw<readonly Dataset[]>([]);
  readonly #named = $derived.by(() => this.#rows.map(this.#i18n.named));
  scans = $state.raw<Readonly<Record<string, ScanProgress>>>({});
  loaded = $state(false);
  /** The new place of a folder that was refused, as few of its photos are there, until a person has decided. */
  misplaced = $state.raw<{ datasetId: string; folder: string; found: number; count: number } | null>(null);
  /** Folders that were taken out in this window. */
  readonly removedHere = new Set<string>();
  readonly #client: Client;
  readonly #i18n: I18n;

  constructor(client: Client, i18n: I18n) {
    this.#client = client;
    this.#i18n = i18n;
  }

  /** Named in the language of the window. */
  get datasets(): readonly Dataset[] {
    return this.#named;
  }

  set datasets(rows: readonly Dataset[]) {
    this.#rows = rows;
  }

  listen(): () => void {
    const stops = [
      this.#client.on('dataset', ({ dataset }) => this.put(dataset)),
      this.#client.on(
        'datasetRemoved',
        ({ datasetId }) => (this.datasets = this.datasets.filter((d) => d.id !== datasetId)),
      ),
      this.#client.on('scan', ({ progress }) => (this.scans = { ...this.scans, [progress.datasetId]: progress })),
    ];
    return () => stops.forEach((stop) => stop());
  }

  async load(): Promise<void> {
    this.datasets = await this.#client.call('library.list', null);
    this.loaded = true;
  }

  /** A word for the rule by which the folder of a photo shows its measured values; '' where there are none. */
  shownBy = (imageId: string): string => this.#shownBy.get(imageId.slice(0, imageId.lastIndexOf('-'))) ?? '';

  readonly #shownBy = $derived.by(
    () => new Map(this.#rows.flatMap((row) => (row.findings.kinds.length > 0 ? [[row.id, wordOf(row)] as const] : []))),
  );

  /** Whether a photo is the folder's, or of the folder that a collection is of. */
  has = ({ id, parent }: Pick<Dataset, 'id' | 'parent'>, imageId: string): boolean =>
    imageId.startsWith(`${parent ?? id}-`);

  get = (id: string | null): Dataset | undefined => this.datasets.find((dataset) => dataset.id === id);

  /** Progress of a scan that still runs. */
  scanOf = (id: string): ScanProgress | null => {
    const scan = this.scans[id];
    return scan && (scan.phase === 'listing' || scan.phase === 'reading') ? scan : null;
  };

  /** New ones go last, as the list is ordered by when a folder was added. */
  put(dataset: Dataset): Dataset {
    this.datasets = this.datasets.some((d) => d.id === dataset.id)
      ? this.datasets.map((d) => (d.id === dataset.id ? dataset : d))
      : [...this.datasets, dataset];
    return this.#i18n.named(dataset);
  }

  async add(folder: string): Promise<Dataset> {
    return this.put(await this.#client.call('library.add', { folder }));
  }

  addSample = async (): Promise<Dataset> => this.put(await this.#client.call('library.addSample', null));

  /**
   * Says where a folder is now; `misplaced` where fewer than half of its photos are there.
   * @param anyway there too
   * @returns the folder as it is now; null where it is not there
   */
  async relocate(datasetId: string, folder: string, anyway = false): Promise<Dataset | null> {
    this.misplaced = null;
    try {
      return this.put(await this.#client.call('library.relocate', { datasetId, folder, anyway }));
    } catch (error) {
      if (!(error instanceof ContractError) || error.key !== 'bad-folder.others') throw error;
      const [found, count] = [error.values?.['found'], error.values?.['count']].map(Number) as [number, number];
      this.misplaced = { datasetId, folder, found, count };
      return null;
    }
  }

  /** Takes that back: the folder is where it was. */
  async moveBack(datasetId: string, from: string): Promise<void> {
    this.put(await this.#client.call('library.moveBack', { datasetId, from }));
  }

  /** Takes the folder out of the library and returns what brings it back. */
  async remove(datasetId: string): Promise<() => Promise<void>> {
    this.removedHere.add(datasetId); // word of it may come before the answer
    await this.#client.call('library.remove', { datasetId });
    this.datasets = this.datasets.filter((d) => d.id !== datasetId);
    return () => this.restore(datasetId);
  }

  async restore(datasetId: string): Promise<void> {
    this.put(await this.#client.call('library.restore', { datasetId }));
    this.removedHere.delete(datasetId);
  }
}
