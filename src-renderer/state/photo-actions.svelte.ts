/** What is done with chosen photos, from the bar and by keys. All but copying and saving can be undone. */
import { csvLine, guarded, markedCsv } from '../../shared/csv.ts';
import { inPieces } from '../../shared/pieces.ts';
import type { AppParams, AppResult, ListedPhoto } from '../../shared/contract.ts';
import type { App } from './app.svelte.ts';
import { knowerOf } from './run-choice.svelte.ts';
import type { Tagging } from './tags.svelte.ts';
import { Work } from './work.svelte.ts';

/** A list of photos as a file; the CSV is for spreadsheets, which are to compute none of the names in it. */
export function photoListFile(photos: readonly ListedPhoto[], format: 'csv' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(photos, null, 2)}\n`;
  const rows = photos.map(({ folder, file, path, label, tags }) => [folder, file, path, label ?? '', tags.join('; ')]);
  const lines = [['folder', 'file', 'path', 'label', 'tags'], ...rows.map((cells) => cells.map(guarded))];
  return markedCsv(lines.map(csvLine).join(''));
}

/** Photos that are listed at a time: a megabyte or two. */
const LISTED_AT_ONCE = 5000;

export class PhotoActions {
  readonly #app: App;
  #copying: Work | null = null;
  /** Ids of the tasks whose end is told. */
  readonly #followed = new Set<string>();

  constructor(app: App) {
    this.#app = app;
  }

  /** How far files are copied. */
  get copying(): Work {
    return (this.#copying ??= new Work(this.#app.tasks, 'copy'));
  }

  /** With what was pressed a moment ago, whose photos may still be asked for. */
  async #chosen(): Promise<string[]> {
    const { selection } = this.#app;
    await selection.settled();
    return [...selection.ids];
  }

  /**
   * Sets a tag on the chosen photos; where all of them have it, takes it away. Does nothing while nobody answers: it would
   * wait, and be done unlooked for.
   */
  async tag(tagId: string, takesAway = true): Promise<void> {
    const { tags, i18n } = this.#app;
    const name = tags.get(tagId)?.name ?? '';
    const chosen = await this.#chosen();
    if (chosen.length === 0 || this.#app.isAway) return;
    await this.#app.attempt(async () => {
      const added = await tags.set(tagId, chosen, true);
      const on = added.changed.length > 0 || !takesAway;
      const { changed } = on ? added : await tags.set(tagId, chosen, false);
      const text = i18n.t(on ? 'select.tagged' : 'select.untagged', { count: changed.length, name });
      this.#tell(text, changed.length > 0, () => tags.undo(tagId, { ...added, changed }, on));
    });
  }

  /** Tags photos of a folder by what other programs wrote into them. */
  async adopt(datasetId: string, of: AppParams<'tags.adopt'>['of']): Promise<void> {
    const { client, i18n } = this.#app;
    const changed = await this.#app.attempt(() => client.call('tags.adopt', { datasetId, of }));
    if (!changed) return;
    const count = changed.reduce((sum, one) => sum + one.changed.length, 0);
    this.#tellTagged(i18n.t('described.adopted', { count, tags: changed.length }), changed);
  }

  /** Tags photos of a folder by the lines of a CSV. @returns what it found; undefined where it could not be done */
  async importTags(datasetId: string, csv: string): Promise<AppResult<'tags.import'> | undefined> {
    const { client, i18n } = this.#app;
    const found = await this.#app.attempt(() => client.call('tags.import', { datasetId, csv }));
    if (found) this.#tellTagged(i18n.t('tags.imported', { count: found.tagged, rows: found.rows }), found.set);
    return found;
  }

  #tellTagged(text: string, set: readonly (Tagging & { tagId: string })[]): void {
    const { tags } = this.#app;
    const isChange = set.some(({ changed }) => changed.length > 0);
    this.#tell(text, isChange, () => Promise.all(set.map(({ tagId, ...tagging }) => tags.undo(tagId, tagging, true))));
  }

  /** Says what was done, with its undo where that changed anything: else Ctrl+Z would take nothing back. */
  #tell(text: string, isChange: boolean, undo: () => Promise<unknown>): void {
    const { toasts, i18n, report } = this.#app;
    const action = { label: i18n.t('common.undo'), isUndo: true, run: () => void undo().catch(report) };
    toasts.show('info', text, isChange ? { seconds: 12, action } : {});
  }

  /** Puts a tag on the chosen photos, which is made where there is none of the name. */
  async createTag(name: string): Promise<void> {
    const known = this.#app.tags.named(name);
    const tag = known ?? (await this.#app.attempt(() => this.#app.tags.create(name)));
    if (tag) await this.tag(tag.id, false); // who writes a name wants the tag, not to be rid of it
  }

  /** Excludes photos from training, or takes them back in. @param given which; left out: those that are chosen */
  async exclude(excluded: boolean, given?: readonly string[]): Promise<void> {
    const { client, i18n } = this.#app;
    const imageIds = given ?? (await this.#chosen());
    const set = (ids: readonly string[], on: boolean) =>
      inPieces(ids, (imageIds) => client.call('library.exclude', { imageIds, excluded: on }));
    const changed = await this.#app.attempt(() => set(imageIds, excluded));
    if (!changed) return;
    const key = excluded ? 'library.excluded' : 'library.included';
    // those that were so before stay so
    this.#tell(i18n.t(key, { count: changed.length }), changed.length > 0, () => set(changed, !excluded));
  }

  /**
   * The map, where the chosen photos stand out: in the Library that of a run that knows the folder that is open; where
   * there is none, the folder is to be embedded.
   */
  showOnMap(): void {
    const { router } = this.#app;
    const { place, id } = router.route;
    const folder = place === 'library' ? this.#app.shownFolder(id) : undefined;
    const knower = knowerOf(this.#app, folder);
    router.go('explore', null, knower ? { run: knower.id } : folder ? { folder: folder.id } : {});
  }

  /** Photos of a folder are shown now: says which of another are chosen no more. */
  standIn(folder: string): void {
    const { selection, toasts, i18n } = this.#app;
    const chosen = selection.standIn(folder);
    if (chosen.length === 0) return;
    toasts.show('info', i18n.t('select.letGo', { count: chosen.length }), {
      seconds: 12,
      action: { label: i18n.t('common.undo'), isUndo: true, run: () => selection.set(chosen) },
    });
  }

  /** The chosen photos with all that a list says of them. */
  list = async (): Promise<ListedPhoto[]> =>
    inPieces(await this.#chosen(), (imageIds) => this.#app.client.call('photos.list', { imageIds }), LISTED_AT_ONCE);

  /** A collection of the chosen photos, under a name that says how many there are. */
  async collect(): Promise<void> {
    await this.#openCollection({ imageIds: await this.#chosen() });
  }

  /** The collection of a tag in a folder. */
  collectTag = (datasetId: string, tagId: string): Promise<void> => this.#openCollection({ datasetId, tagId });

  async #openCollection(asked: AppParams<'library.collect'>): Promise<void> {
    const { client, library, router, toasts, i18n } = this.#app;
    await this.#app.attempt(async () => {
      const { id, name, images } = library.put(await client.call('library.collect', asked));
      router.go('library', id);
      toasts.show('info', i18n.t('collection.made', { name, count: images }), {
        seconds: 12,
        action: {
          label: i18n.t('common.undo'),
          isUndo: true,
          run: () => void this.#app.attempt(() => library.remove(id)),
        },
      });
    });
  }

  /** Copies the files; says where they are, and offers to train on them. */
  async copy(folder: string, byTag: boolean, addFolder: (folder: string) => Promise<void>): Promise<void> {
    const { client, i18n, toasts } = this.#app;
    const imageIds = await this.#chosen();
    await this.#app.attempt(async () => {
      let files = 0;
      const into = await this.copying.follow(async () => {
        const { files: count, ...task } = await client.call('photos.copy', { imageIds, folder, byTag });
        files = count;
        this.#followed.add(task.id);
        return task;
      });
      if (into === null) return;
      const count = imageIds.length;
      const text =
        files === count
          ? i18n.t('select.copied', { count, folder: into })
          : i18n.t('select.copiedFiles', { count, files, folder: into });
      toasts.show('info', text, {
        seconds: 20,
        action: { label: i18n.t('library.add'), run: () => void addFolder(into) },
      });
    });
  }

  /** What this page was copying before it was loaded again: it says where the files are, too. */
  followCopies(addFolder: (folder: string) => Promise<void>): void {
    const { tasks, i18n, toasts } = this.#app;
    for (const task of tasks.running) {
      if (task.kind !== 'copy' || this.#followed.has(task.id)) continue;
      this.#followed.add(task.id);
      void this.#app.attempt(async () => {
        const into = await tasks.finish(task);
        if (into === null) return;
        const action = { label: i18n.t('library.add'), run: () => void addFolder(into) };
        toasts.show('info', i18n.t('select.copiedInto', { folder: into }), { seconds: 20, action });
      });
    }
  }
}
