/** What the next export is asked for with: formats, photos and folder; its request and its part of the address. */
import type { AppParams } from '../../shared/contract.ts';
import { exportFormats, isEncoderFormat, usualFormats } from '../../shared/exports.ts';
import type { ExportFormat } from '../../shared/exports.ts';
import type { Drafts } from '../lib/draft.ts';
import type { Exports } from './exports.svelte.ts';
import type { Library } from './library.svelte.ts';
import type { RunChoice } from './run-choice.svelte.ts';
import type { Selection } from './selection.svelte.ts';

interface Parts {
  choice: Pick<RunChoice, 'runId' | 'checkpointId'>;
  exports: Pick<Exports, 'hindrance'>;
  library: Pick<Library, 'get'>;
  selection: Pick<Selection, 'ids' | 'size'>;
  /** Where the folder is kept, for the tab. */
  targets: Drafts<string>;
}

const usual = (ofChosen: boolean): readonly ExportFormat[] => usualFormats(ofChosen ? 'embeddings' : 'encoder');
const textOf = (formats: readonly ExportFormat[]): string => formats.toSorted().join(' ');

export class ExportForm {
  /** Asked for from the bar of the chosen photos: their embeddings alone. */
  onlyChosen = $state(false);
  /** The folder of photos that is embedded; null: that of the run. */
  datasetId = $state<string | null>(null);
  /** Of CSV files: no name is one that a spreadsheet computes. */
  guard = $state(false);
  #asked = $state.raw<readonly ExportFormat[]>([]);
  #folder = $state<string | null>(null);
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#folder = parts.targets.read(null);
  }

  /** Where a person wants it. In no address: that stays in the browser's history. Null: the application's own. */
  get folder(): string | null {
    return this.#folder;
  }
  set folder(folder: string | null) {
    this.#folder = folder;
    if (folder === null) this.#parts.targets.forget(null);
    else this.#parts.targets.keep(null, folder);
  }

  /** The formats asked for that the chosen network can be written in. */
  get formats(): readonly ExportFormat[] {
    return this.#asked.filter((format) => !this.#parts.exports.hindrance(format));
  }

  toggle(format: ExportFormat): void {
    const asked = this.#asked;
    this.#asked = asked.includes(format) ? asked.filter((other) => other !== format) : [...asked, format];
  }

  /** Whether the chosen photos alone are embedded, of which there may be none by now. */
  get isOfChosen(): boolean {
    return this.onlyChosen && this.#parts.selection.size > 0;
  }

  /** Whether photos are embedded, so that it matters which. */
  get hasEmbeddings(): boolean {
    return this.formats.some((format) => !isEncoderFormat(format));
  }

  /** Whether names of photos go into a file that spreadsheets read. */
  get hasCsv(): boolean {
    return this.formats.includes('csv') || this.formats.includes('npy');
  }

  /** Null where there is no run. @param replace whether files that no export wrote may be replaced */
  request(replace: boolean): AppParams<'exports.start'> | null {
    const { runId, checkpointId } = this.#parts.choice;
    if (runId === null) return null;
    const { formats, folder, guard, isOfChosen } = this;
    const photos = isOfChosen
      ? { datasetId: null, imageIds: [...this.#parts.selection.ids] }
      : { datasetId: this.datasetId, imageIds: null };
    return { runId, checkpointId, formats: [...formats], folder, ...photos, replace, guard };
  }

  /** Takes from an address what it says; what it does not is what is usual. */
  read({ photos, formats, of, guard }: Readonly<Record<string, string | undefined>>): void {
    this.onlyChosen = photos === 'chosen' && this.#parts.selection.size > 0;
    const named = formats?.split(' ');
    const ids = exportFormats.map(({ id }) => id);
    this.#asked = named ? ids.filter((id) => named.includes(id)) : usual(this.onlyChosen);
    this.datasetId = this.#parts.library.get(of ?? null)?.id ?? null;
    this.guard = guard !== undefined;
  }

  /** Undefined: as usual. */
  get address() {
    const formats = textOf(this.#asked);
    return {
      photos: this.onlyChosen ? 'chosen' : undefined,
      formats: formats === textOf(usual(this.onlyChosen)) ? undefined : formats,
      of: this.datasetId ?? undefined,
      guard: this.guard ? '' : undefined,
    };
  }
}
