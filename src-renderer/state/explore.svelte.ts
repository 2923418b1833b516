/**
 * Walking through an embedded folder (embedded.svelte.ts): the photo or image asked about with its neighbours, the trail
 * back, what is listed and what is selected. Searching is done by the application; this holds answers.
 */
import type { Client } from '../../shared/client.ts';
import { defaults } from '../lib/explore-place.ts';
import type { Mode } from '../lib/explore-place.ts';
import { isAskedFor, listOf, nearestTo, unlikeOf } from '../lib/explore-lists.ts';
import type { Group, Listed, Neighbour, Query } from '../lib/explore-lists.ts';
import { Embedded } from './embedded.svelte.ts';
import { Selection } from './selection.svelte.ts';
import type { Tasks } from './tasks.svelte.ts';

export class Explore extends Embedded {
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
  readonly #selection: Selection;
  #asked = 0;

  constructor(client: Client, tasks: Tasks, selection = new Selection()) {
    super(client, tasks);
    this.#selection = selection;
  }

  /** The chosen photos, here as everywhere. */
  get selection(): ReadonlySet<string> {
    return this.#selection.ids;
  }

  get query(): Query | null {
    return this.trail.at(-1) ?? null;
  }

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

  override open(setId: string | null): Promise<void> {
    this.neighbours = [];
    this.trail = [];
    this.groups = [];
    this.outliers = [];
    this.found = [];
    this.mode = 'all';
    this.#asked++; // answers that are on their way are of the set before
    this.busy = false;
    return super.open(setId);
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
      const { neighbours, milliseconds, rank } = await nearestTo(this.client, set, query);
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
      if (mode !== 'search') await this.needGraph(set);
      const { groups = [], outliers = [], found = [] } = await listOf[mode](this.client, set, this);
      if (asked !== this.#asked) return;
      this.groups = groups;
      this.outliers = outliers;
      this.found = found.filter(this.has);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }
}
