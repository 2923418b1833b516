/** The embeddings that there are, which is open, and its map: what is walked through (explore.svelte.ts). */
import type { EmbeddingSet } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { otherSets } from '../lib/explore-lists.ts';
import { majorityOf, readMap } from '../lib/map-data.ts';
import type { MapData } from '../lib/map-data.ts';
import type { Tasks } from './tasks.svelte.ts';
import { Work } from './work.svelte.ts';

export class Embedded {
  sets = $state.raw<readonly EmbeddingSet[]>([]);
  set = $state.raw<EmbeddingSet | null>(null);
  map = $state.raw<MapData | null>(null);
  layout = $state<'pca' | 'umap'>('pca');
  loading = $state(false);
  /** What went wrong, and what tries just that again. */
  failure = $state.raw<{ error: unknown; retry: () => Promise<void> } | null>(null);
  readonly work: Work;
  protected readonly client: Client;
  #opened = 0;

  constructor(client: Client, tasks: Tasks) {
    this.client = client;
    this.work = new Work(tasks, 'embed', 'graph', 'umap');
  }

  /** Other embeddings of the open folder, those of late epochs first; of one checkpoint the newest. */
  readonly others = $derived(otherSets(this.sets, this.set));

  /** The label that tells something of these photos, and their share; null: there is none. */
  majority(imageIds: readonly string[]): { name: string; share: number } | null {
    return this.map && majorityOf(this.map, imageIds);
  }

  /** Whether the photo is among those of the map. */
  has = (imageId: string): boolean => this.rowOf(imageId) >= 0;

  /** The row of a photo on the map; -1: it has none. */
  rowOf = (imageId: string): number => this.map?.imageIds.rowOf(imageId) ?? -1;

  async loadSets(): Promise<void> {
    this.sets = await this.client.call('explore.sets', {});
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
      await this.work.follow(() => this.client.call('explore.embed', { runId, checkpointId, datasetId }));
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
    this.failure = null;
    this.loading = false; // of the set before
    if (set) await this.#loadMap(set.hasUmap ? 'umap' : 'pca', opened);
  }

  #loadMap(layout: 'pca' | 'umap', opened = this.#opened): Promise<void> {
    const isOpen = () => opened === this.#opened;
    return this.#attempt(async () => {
      const set = this.set;
      if (!set) return;
      this.loading = true;
      try {
        const map = await this.client.call('explore.map', { embeddingSetId: set.id, layout });
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
      await this.work.follow(() => this.client.call('explore.startUmap', { embeddingSetId: set.id }));
      if (opened !== this.#opened) return;
      this.set = { ...set, hasUmap: true };
      this.sets = this.sets.map((other) => (other.id === set.id ? { ...other, hasUmap: true } : other));
    }
    await this.#loadMap(layout);
  }

  /** Large folders: the neighbours of every photo are found once, as work that can be followed and cancelled. */
  protected async needGraph(set: EmbeddingSet): Promise<void> {
    if (!(this.sets.find(({ id }) => id === set.id)?.hasGraph ?? set.hasGraph)) {
      await this.work.follow(() => this.client.call('explore.startGraph', { embeddingSetId: set.id }));
      await this.loadSets();
    }
    // a map that was read before has no clusters, by which it is coloured
    if (this.set?.id === set.id && this.map?.clusters.length === 0) await this.#loadMap(this.layout);
  }
}
