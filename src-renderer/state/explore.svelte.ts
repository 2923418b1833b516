/**
 * Walking through an embedded folder: which embedding is open, the map, the photo or image asked about with its
 * neighbours, the trail back, and what is selected. Searching is done by the application; this holds answers.
 */
import type { EmbeddingSet } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { defaults } from '../lib/explore-place.ts';
import type { Mode } from '../lib/explore-place.ts';
import { isAskedFor, listOf, nearestTo, otherSets, unlikeOf } from '../lib/explore-lists.ts';
import type { Group, Listed, Neighbour, Query } from '../lib/explore-lists.ts';
import { majorityOf, readMap } from '../lib/map-data.ts';
import type { MapData } from '../lib/map-data.ts';
import { Selection } from './selection.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export class Explore {
  sets = $state.raw<readonly EmbeddingSet[]>([]);
  set = $state.raw<EmbeddingSet | null>(null);
  map = $state.raw<MapData | null>(null);
  layout = $state<'pca' | 'umap'>('pca');
  mode = $state<Mode>('all');
  /** The way here; the last one is open. */
  trail = $state.raw<readonly Query[]>([]);
  neighbours = $state.raw<readonly Neighbour[]>([]);
  milliseconds = $state<number | null>(null);
  /** See unlikeOf. */
  unlike = $state<number | null>(null);
  /** The embedding under which the neighbours are shown as well, beside those of the open one; null: none. */
  besideId = $state<string | null>(null);
  /** Neighbours that are closer than a smaller share of all pairs are left out. */
  leastCloser = $state<number>(defaults.leastCloser);
  groups = $state.raw<readonly Group[]>([]);
  outliers = $state.raw<readonly Neighbour[]>([]);
  clusterCount = $state<number>(defaults.clusterCount);
  outlierCount = $state(60);
  /** The tag whose rest is looked for; null: none was chosen. */
  tagId = $state<string | null>(null);
  /** What is searched for in names, labels, tags and keywords, and what was found of it. */
  search = $state('');
  /** The tag that photos which are searched for have; null: any or none. */
  tagged = $state<string | null>(null);
  found = $state.raw<readonly string[]>([]);
  busy = $state(false);
  loading = $state(false);
  /** What went wrong, and what tries just that again. */
  failure = $state.raw<{ error: unknown; retry: () => Promise<void> } | null>(null);
  readonly work: Work;
  readonly #client: Client;
  readonly #selection: Selection;
  #opened = 0;
  #asked = 0;

  constructor(client: Client, tasks: Tasks, selection = new Selection()) {
    this.#client = client;
    this.work = new Work(tasks, 'embed', 'graph', 'umap');
    this.#selection = selection;
  }

  /** The chosen photos, here as everywhere. */
  get selection(): ReadonlySet<string> {
    return this.#selection.ids;
  }

  get query(): Query | null {
    return this.trail.at(-1) ?? null;
  }

  /** Other embeddings of the open folder, those of late epochs first; of one checkpoint the newest. */
  readonly others = $derived(otherSets(this.sets, this.set));
  /** The one that is shown beside, where it is there. */
  readonly beside = $derived(this.others.find(({ id }) => id === this.besideId) ?? null);

  /** Neighbours above the slider, nearest first. */
  get shown(): readonly Neighbour[] {
    return this.neighbours.filter((neighbour) => neighbour.closer >= this.leastCloser);
  }

  /** The neighbours, outliers or selected photos that are listed, with how near they are where it is known; else null. */
  readonly #listed = $derived.by<readonly Listed[] | null>(() => {
    if (this.mode === 'neighbours') return this.shown;
    if (this.mode === 'outliers') return this.outliers;
    const listed = this.mode === 'selection' ? [...this.selection] : this.mode === 'search' ? this.found : null;
    return listed && listed.map((imageId) => ({ imageId }));
  });

  /** Photos of the grid: those listed, or all. */
  get count(): number {
    return (this.#listed ?? this.map?.imageIds)?.length ?? 0;
  }

  at(index: number): Listed | undefined {
    const listed = this.#listed;
    if (listed) return listed[index];
    const ids = this.map?.imageIds;
    return ids && index < ids.length ? { imageId: ids.at(index) } : undefined;
  }

  /** Photos that a neighbour or an outlier is one of: all, but for the one that is asked about. */
  get among(): number {
    return (this.map?.imageIds.length ?? 0) - (this.current === null ? 0 : 1);
  }

  /** Photos that stand out on the map. */
  get marked(): ReadonlySet<string> {
    return new Set(this.#listed?.map(({ imageId }) => imageId) ?? this.selection);
  }

  /** The photo whose neighbours are shown. */
  get current(): string | null {
    return this.mode === 'neighbours' && this.query?.kind === 'photo' ? this.query.imageId : null;
  }

  /** The label that tells something of these photos, and their share; null: there is none. */
  majority(imageIds: readonly string[]): { name: string; share: number } | null {
    return this.map && majorityOf(this.map, imageIds);
  }

  /** Whether the photo is among those of the map. */
  has = (imageId: string): boolean => this.rowOf(imageId) >= 0;

  /** The row of a photo on the map; -1: it has none. */
  rowOf = (imageId: string): number => this.map?.imageIds.rowOf(imageId) ?? -1;

  async loadSets(): Promise<void> {
    this.sets = await this.#client.call('explore.sets', {});
    this.set = this.sets.find((set) => set.id === this.set?.id) ?? this.set; // it may have its UMAP by now
  }

  /** Follows what other pages make until the returned function is called. */
  listen(): () => void {
    const stops = [
      this.work.listen(),
      this.work.onDone(() => void this.loadSets().catch(() => {})), // without a connection the next one loads
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Embeds the run's folder (or another): what is open follows from the place's choice, which may be another by then. */
  embed(runId: string, checkpointId: string | null, datasetId: string | null = null): Promise<void> {
    return this.#attempt(async () => {
      await this.work.follow(() => this.#client.call('explore.embed', { runId, checkpointId, datasetId }));
      await this.#attempt(() => this.loadSets());
    });
  }

  /** Keeps how the work failed for the place to show, with the work itself as what is tried again. */
  async #attempt(work: () => Promise<void>, isWanted = () => true): Promise<void> {
    this.failure = null;
    try {
      await work();
    } catch (error) {
      if (isWanted()) this.failure = { error, retry: () => this.#attempt(work, isWanted) };
    }
  }

  /** null: nothing; what was open is not shown under another choice's name. */
  async open(setId: string | null): Promise<void> {
    const opened = ++this.#opened;
    const set = this.sets.find((candidate) => candidate.id === setId) ?? null;
    this.set = set;
    this.map = null;
    this.neighbours = [];
    this.trail = [];
    this.groups = [];
    this.outliers = [];
    this.found = [];
    this.mode = 'all';
    this.failure = null;
    this.loading = false; // of the set before
    this.#asked++; // answers that are on their way are of the set before
    this.busy = false;
    if (set) await this.#loadMap(set.hasUmap ? 'umap' : 'pca', opened);
  }

  #loadMap(layout: 'pca' | 'umap', opened = this.#opened): Promise<void> {
    const isOpen = () => opened === this.#opened;
    return this.#attempt(async () => {
      const set = this.set;
      if (!set) return;
      this.loading = true;
      try {
        const map = await this.#client.call('explore.map', { embeddingSetId: set.id, layout });
        const read = await readMap(map);
        if (!isOpen()) return;
        this.map = read;
        this.layout = layout;
      } finally {
        if (isOpen()) this.loading = false;
      }
    }, isOpen);
  }

  /** UMAP is made when first asked for; until then the PCA stays on screen. */
  async useLayout(layout: 'pca' | 'umap'): Promise<void> {
    const set = this.set;
    if (!set) return;
    if (layout === 'umap' && !set.hasUmap) {
      const opened = this.#opened;
      await this.work.follow(() => this.#client.call('explore.startUmap', { embeddingSetId: set.id }));
      if (opened !== this.#opened) return;
      this.set = { ...set, hasUmap: true };
      this.sets = this.sets.map((other) => (other.id === set.id ? { ...other, hasUmap: true } : other));
    }
    await this.#loadMap(layout);
  }

  /** Opens a photo's neighbours and adds it to the trail. */
  async openPhoto(imageId: string): Promise<void> {
    const last = this.query;
    if (last?.kind === 'photo' && last.imageId === imageId && this.mode === 'neighbours') return;
    await this.#ask([...this.trail, { kind: 'photo', imageId }]);
  }

  async openImage(image: { name: string; url: string; base64: string }): Promise<void> {
    await this.#ask([...this.trail, { kind: 'image', ...image }]);
  }

  /** Back to an earlier step of the trail; -1 leaves the neighbours. */
  back(index: number): Promise<void> {
    return this.walk(this.trail.slice(0, index + 1));
  }

  /** Goes where the trail ends; without a step, out of the neighbours. */
  async walk(trail: readonly Query[]): Promise<void> {
    if (trail.length) return this.#ask(trail);
    this.#asked++; // the answer that is on its way was of a step that was left
    this.busy = false;
    this.trail = [];
    this.neighbours = [];
    this.milliseconds = null;
    this.mode = 'all';
  }

  async #ask(trail: readonly Query[]): Promise<void> {
    const set = this.set;
    const query = trail.at(-1);
    if (!set || !query) return;
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const { neighbours, milliseconds, rank } = await nearestTo(this.#client, set, query);
      if (asked !== this.#asked) return;
      this.trail = trail;
      this.neighbours = neighbours;
      this.milliseconds = milliseconds;
      this.unlike = unlikeOf(rank);
      this.mode = 'neighbours';
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Chooses photos and lists what is chosen. @param isMore those that are chosen already stay so */
  select = (imageIds: Iterable<string>, isMore = false): void => {
    this.#selection.set(isMore ? [...this.selection, ...imageIds] : imageIds);
    if (this.selection.size) this.mode = 'selection';
    else if (this.mode === 'selection') this.mode = 'all';
  };

  /** Large folders: the neighbours of every photo are found once, as work that can be followed and cancelled. */
  async #needGraph(set: EmbeddingSet): Promise<void> {
    if (!(this.sets.find(({ id }) => id === set.id)?.hasGraph ?? set.hasGraph)) {
      await this.work.follow(() => this.#client.call('explore.startGraph', { embeddingSetId: set.id }));
      await this.loadSets();
    }
    // a map that was read before has no clusters, by which it is coloured
    if (this.set?.id === set.id && this.map?.clusters.length === 0) await this.#loadMap(this.layout);
  }

  /** Photos whose name, label, tags or keywords have the text, and that have the tag; nothing of either: all. */
  searchFor(text: string, tagged = this.mode === 'search' ? this.tagged : null): Promise<void> {
    this.search = text.trim();
    this.tagged = tagged;
    return this.show(this.search || tagged ? 'search' : 'all');
  }

  /** What has the tag that is filtered by follows the tags; by one that is deleted nothing is filtered (Tags.heir). */
  async followTags(heir: (tagId: string) => string | null): Promise<void> {
    if (this.tagId) this.tagId = heir(this.tagId);
    const tagged = this.mode === 'search' ? this.tagged : null;
    if (tagged) await this.searchFor(this.search, heir(tagged));
  }

  /** Clusters and outliers are made when their tab is opened or their setting changes. */
  async show(mode: Mode): Promise<void> {
    this.mode = mode;
    const set = this.set;
    if (!set || !isAskedFor(mode)) return;
    const asked = ++this.#asked;
    this.busy = true;
    this.groups = [];
    this.outliers = [];
    if (mode !== 'search') this.found = []; // else what was found stays until the answer is there
    try {
      if (mode !== 'search') await this.#needGraph(set);
      const { groups = [], outliers = [], found = [] } = await listOf[mode](this.#client, set, this);
      if (asked !== this.#asked) return;
      this.groups = groups;
      this.outliers = outliers;
      this.found = found.filter(this.has);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
