/**
 * Explore and its address, each following the other: what is opened is written there, and what Back, Forward, a reload
 * or a link asks for is opened. What an address names and is gone is said, and the nearest to it is shown.
 */
import { untrack } from 'svelte';
import type { Client } from '../../shared/client.ts';
import { Latest } from '../lib/debounce.ts';
import { defaults, isOwn, isStep, keptOf, parseExplorePlace, writeExplorePlace } from '../lib/explore-place.ts';
import type { Query } from '../lib/explore-lists.ts';
import type { ExplorePlace } from '../lib/explore-place.ts';
import type { Explore } from './explore.svelte.ts';
import type { Pick } from './pick.svelte.ts';
import type { Router } from './router.svelte.ts';
import type { RunChoice } from './run-choice.svelte.ts';

/** What of the window it needs. */
interface Surroundings {
  client: Client;
  router: Router;
  runs: { get(id: string | null): unknown };
  library: { get(id: string | null): unknown };
  tags: { heir(id: string | null): string | null };
  pick: Pick;
  /** Photos that were picked are there again. */
  choose(imageIds: readonly string[]): void;
  /** Says that a part of the address is gone. */
  say(gone: Gone): void;
  report(error: unknown): void;
}
type Gone = 'run' | 'checkpoint' | 'folder' | 'photo' | 'image' | 'tag' | 'beside';

/** A filter is written when it rests: browsers refuse an address that is rewritten with every move of a slider. */
const restMilliseconds = 250;

const idOf = (query: Query) => (query.kind === 'photo' ? query.imageId : null);
const written = (place: ExplorePlace) => JSON.stringify(writeExplorePlace(place));

export class ExploreAddress {
  /** The folder that was chosen; null: the run's own. */
  datasetId = $state<string | null>(null);
  /** The photo that is shown by itself. */
  viewed = $state<string | null>(null);
  /** The kind of duplicates that was chosen. */
  kind = $state<ExplorePlace['kind']>(null);
  /** Opened from a run elsewhere in the window: its photos are what one came for. */
  readonly isFromRun: boolean;
  /** What the address asks for and is not open yet. */
  #pending = $state.raw<ExplorePlace | null>(null);
  /** What of that is on its way: opening it moves what this follows. */
  #opening: ExplorePlace | null = null;
  /** The choice with which it can be opened; under another it is dropped. */
  #for = '';
  /** As the address has it. */
  #last: ExplorePlace;
  /** What is written next corrects the address that was read, and is no step. */
  #isCorrection = true;
  readonly #explore: Explore;
  readonly #choice: RunChoice;
  readonly #around: Surroundings;
  readonly #rest = new Latest(restMilliseconds);

  constructor(explore: Explore, choice: RunChoice, around: Surroundings) {
    this.#explore = explore;
    this.#choice = choice;
    this.#around = around;
    const { query } = around.router.route;
    this.isFromRun = Boolean(query.run) && !isOwn(query);
    this.#last = parseExplorePlace(query);
    this.#ask(this.#last);
  }

  /** What is open, as the address is to have it. */
  get #here(): ExplorePlace {
    const { mode, trail, leastCloser, clusterCount, tagId, search, tagged } = this.#explore;
    const { pick } = this.#around;
    const open = {
      run: this.#choice.runId,
      checkpoint: this.#choice.checkpointId,
      folder: this.datasetId,
      mode,
      trail: trail.map(idOf),
      leastCloser,
      beside: this.#explore.beside?.id ?? null,
      clusterCount: clusterCount ?? defaults.clusterCount, // an emptied field
      tag: mode === 'find' ? tagId : null,
      search: mode === 'search' ? search : '',
      tagged: mode === 'search' ? tagged : null,
      picked: mode === 'pick' ? pick.as : null,
      measured: mode === 'pick' && pick.isMeasured,
      kind: mode === 'duplicates' ? this.kind : null,
      view: this.viewed,
    };
    return parseExplorePlace(writeExplorePlace(open)); // as it will be read
  }

  get #chosen(): string {
    return JSON.stringify([this.#choice.runId, this.#choice.checkpointId, this.datasetId]);
  }

  /** To be called in an effect: reads the address when it changes. */
  read(): void {
    const { place, query } = this.#around.router.route;
    if (place !== 'explore') return;
    untrack(() => {
      const asked = parseExplorePlace(query);
      if (written(asked) === written(this.#last)) return;
      this.#rest.cancel();
      this.#last = asked;
      this.#isCorrection = true;
      if (asked.run && asked.run !== this.#choice.runId && this.#around.runs.get(asked.run))
        this.#choice.choose(asked.run);
      if (asked.run) this.#choice.checkpointId = asked.checkpoint;
      this.#ask(asked);
      void this.check().catch(() => {}); // asked again with the next connection
    });
  }

  /** To be called in an effect, with whether what is chosen is open: opens what was asked for, then writes what is. */
  follow(isOpen: boolean): void {
    const { map } = this.#explore;
    const pending = this.#pending;
    const chosen = this.#chosen;
    const here = this.#here;
    untrack(() => {
      if (pending && chosen !== this.#for) this.#pending = null;
      else if (pending && isOpen && map && pending !== this.#opening) void this.#open(pending);
      else if (!pending && isOpen) this.#write(here);
    });
  }

  stop(): void {
    this.#rest.cancel();
  }

  /** A checkpoint that is gone, and none of whose embeddings are kept, gives way to the newest. */
  async check(): Promise<void> {
    const { runId, checkpointId } = this.#choice;
    if (!runId || !checkpointId || this.#explore.sets.some((set) => set.checkpointId === checkpointId)) return;
    const { checkpoints } = await this.#around.client.call('runs.get', { runId });
    if (this.#choice.checkpointId !== checkpointId || checkpoints.some(({ id }) => id === checkpointId)) return;
    const isAsked = this.#pending && this.#chosen === this.#for;
    this.#choice.checkpointId = null;
    if (isAsked) this.#for = this.#chosen;
    this.#around.say('checkpoint');
  }

  /** Whose run is gone asks for nothing else: its photos are another run's to show, as it shows them at first. */
  #ask(place: ExplorePlace): void {
    const { runs, library, say } = this.#around;
    const isGone = place.run !== null && !runs.get(place.run);
    const isFolderGone = !isGone && place.folder !== null && !library.get(place.folder);
    this.datasetId = isGone || isFolderGone ? null : place.folder;
    if (isGone) say('run');
    else if (isFolderGone) say('folder');
    this.#pending = isGone ? parseExplorePlace({}) : place;
    this.#for = this.#chosen;
  }

  async #open(place: ExplorePlace): Promise<void> {
    const isWanted = () => this.#pending === place;
    const explore = this.#explore;
    this.#opening = place;
    explore.leastCloser = place.leastCloser;
    explore.besideId = place.beside;
    if (place.beside && !explore.beside) this.#around.say('beside');
    explore.clusterCount = place.clusterCount;
    this.viewed = place.view;
    if (place.mode === 'duplicates') this.kind = place.kind;
    const [tag, tagged] = [place.tag, place.tagged].map(this.#around.tags.heir) as [string | null, string | null];
    if ((place.tag && !tag) || (place.tagged && !tagged)) this.#around.say('tag');
    explore.tagId = tag;
    const isOther = place.mode === 'search' && (place.search !== explore.search || tagged !== explore.tagged);
    [explore.search, explore.tagged] = [place.search, tagged];
    try {
      const trail = this.#trailOf(place);
      if (trail !== explore.trail) await explore.walk(trail);
      if (!isWanted()) return;
      const isNowhere =
        (place.mode === 'neighbours' && !trail.length) ||
        (place.mode === 'selection' && !explore.selection.size) ||
        (place.mode === 'search' && !place.search && !tagged);
      const mode = isNowhere ? 'all' : place.mode;
      if (mode !== explore.mode || isOther) void explore.show(mode).catch(this.#around.report);
      if (mode === 'pick') void this.#pick(place).catch(this.#around.report);
    } catch (error) {
      if (isWanted()) this.#around.report(error);
    } finally {
      if (this.#opening === place) this.#opening = null;
      if (isWanted()) this.#pending = null;
    }
  }

  async #pick(place: ExplorePlace): Promise<void> {
    const { set, has } = this.#explore;
    const picked = set && (await this.#around.pick.restore(set.id, place, has));
    if (picked) this.#around.choose(picked);
  }

  /** The trail that is open as far as it is the one asked for, images and all; else one of the photos that are here. */
  #trailOf({ trail: asked }: ExplorePlace): readonly Query[] {
    const { trail } = this.#explore;
    const wanted = JSON.stringify(asked);
    for (let length = trail.length; length >= asked.length; length--) {
      const part = length === trail.length ? trail : trail.slice(0, length);
      if (JSON.stringify(keptOf(part.map(idOf))) === wanted) return part;
    }
    const last = asked.at(-1)!; // none asked for is part of every trail
    if (last === null || !this.#explore.has(last)) {
      this.#around.say(last === null ? 'image' : 'photo');
      return [];
    }
    return asked
      .filter((id) => id !== null && this.#explore.has(id))
      .map((id) => ({ kind: 'photo', imageId: id! }) as const);
  }

  #write(here: ExplorePlace): void {
    const { router } = this.#around;
    if (written(here) === written(this.#last)) {
      this.#isCorrection = false;
      return void this.#rest.cancel();
    }
    const put = (step: boolean) => {
      this.#last = here;
      router.put(writeExplorePlace(here), step);
    };
    this.#rest.cancel();
    if (this.#isCorrection) put(false);
    else if (isStep(this.#last, here)) put(true);
    else this.#rest.ask(async () => put(false));
    this.#isCorrection = false;
  }
}
