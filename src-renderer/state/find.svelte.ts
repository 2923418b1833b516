/**
 * Finding the rest of a tag: the candidates, and answers to them. An answer is one press; it may be for several photos,
 * those before the first that does not belong.
 */
import type { AppResult } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import type { Client } from '../../shared/client.ts';
import type { Tagging, Tags } from './tags.svelte.ts';

type Found = AppResult<'explore.find'>;

/** From so many on it can be said without answers whether the encoder tells the tag apart. */
const tellFrom = 20;
/** Least separability (explore.find; 0.5 is chance) at which the encoder tells a tag apart, and the same by the answers. */
const [hardBelow, hardAnswers] = [0.75, 0.85];
/** So many of the last photos that were answered say how well the candidates are chosen, from so many on. */
const [recent, leastRecent] = [40, 20];
/** Where fewer of them belonged, it is said. */
const goodShare = 0.6;

interface Answer {
  /** What it did to those that belong, and the photos that it rejected. */
  tagging: Tagging;
  rejected: readonly string[];
  /** How many photos it was for. */
  photos: number;
}

export class FindRest {
  tagId = $state<string | null>(null);
  state = $state.raw<Found | null>(null);
  busy = $state(false);
  /** No photo here has the tag. */
  isUntagged = $state(false);
  /** Of the last photos that were answered, in their order, whether each belonged. */
  #belonged = $state.raw<readonly boolean[]>([]);
  #answers = $state.raw<readonly Answer[]>([]);
  readonly #client: Client;
  readonly #tags: Tags;
  #setId: string | null = null;
  /** Photos whose answers are being kept: no ranking asks about them again meanwhile. */
  readonly #answering = new Set<string>();
  #asked = 0;

  constructor(client: Client, tags: Tags) {
    this.#client = client;
    this.#tags = tags;
  }

  /** Ids of the photos that probably belong. */
  get candidates(): readonly string[] {
    return this.state?.imageIds ?? [];
  }

  /** Too few were rejected to say how many there are. */
  get isEarly(): boolean {
    return (this.state?.apart ?? null) === null;
  }

  /** Of a handful of examples too few are held out to say: with five, four in five of the first candidates may be right. */
  get isHard(): boolean {
    const { tagged = 0, separability, apart } = this.state ?? {};
    const isTold = !this.isDone && (!this.isEarly || tagged >= tellFrom);
    return isTold && ((separability ?? 1) < hardBelow || (apart ?? 1) < hardAnswers);
  }

  /** How many of the last photos belonged, where they were few; null: most did, or too few were answered to say. */
  get missed(): { asked: number; right: number } | null {
    const asked = this.#belonged.length;
    const right = this.#belonged.filter(Boolean).length;
    return asked >= leastRecent && right < goodShare * asked ? { asked, right } : null;
  }

  /** Each photo has the tag or was rejected. */
  get isDone(): boolean {
    return this.state !== null && !this.busy && this.candidates.length === 0;
  }

  /** Whether an answer can be taken back. */
  get canUndo(): boolean {
    return this.#answers.length > 0;
  }

  async open(setId: string, tagId: string): Promise<void> {
    if (this.#setId === setId && this.tagId === tagId && this.state) return;
    this.#setId = setId;
    this.tagId = tagId;
    this.state = null;
    this.#belonged = [];
    this.#answers = [];
    this.#answering.clear();
    await this.#rank();
  }

  /** There is no tag whose rest could be looked for. */
  close(): void {
    this.#asked++; // what is on its way is of one that is gone
    this.tagId = null;
    this.state = null;
    this.#answers = [];
    this.busy = false;
  }

  answer = (imageId: string, yes: boolean): Promise<void> =>
    yes ? this.#answer([imageId], []) : this.#answer([], [imageId]);

  acceptAll = (): Promise<void> => this.acceptTo(this.candidates.length - 1);

  /** Those up to a place in the list, itself included: they are in the order in which they probably belong. */
  acceptTo = (index: number): Promise<void> => this.#answer(this.#first(index + 1), []);

  /** The one at a place of the list is the first that does not belong: all before it do. */
  rejectAt = (index: number): Promise<void> => this.#answer(this.#first(index), this.#first(index + 1).slice(index));

  #first = (count: number): readonly string[] => this.candidates.slice(0, count);

  /** The photos leave the list at once; the others are ranked anew when the answer is kept. */
  async #answer(yes: readonly string[], no: readonly string[]): Promise<void> {
    const { tagId, state } = this;
    if (!tagId || !state || yes.length + no.length === 0) return;
    const answered = new Set([...yes, ...no]);
    for (const id of answered) this.#answering.add(id);
    this.busy = true;
    this.state = this.#unanswered(state);
    try {
      const tagging = yes.length > 0 ? await this.#tags.set(tagId, yes, true) : { changed: [], rejected: [] };
      const rejected = no.length > 0 ? await this.#tags.reject(tagId, no, true) : [];
      if (this.tagId !== tagId) return; // another tag was opened meanwhile, whose answers these are not
      this.#answers = [...this.#answers, { tagging, rejected, photos: answered.size }];
      for (const id of answered) this.#answering.delete(id);
    } catch (error) {
      for (const id of answered) this.#answering.delete(id);
      await this.#rank().catch(() => {}); // those that were not kept are asked about again
      throw error;
    }
    this.#belonged = [...this.#belonged, ...yes.map(() => true), ...no.map(() => false)].slice(-recent);
    await this.#rank();
  }

  /** Photos got or lost tags elsewhere. What an answer here does is ranked by that answer. */
  async renew(): Promise<void> {
    if (this.tagId && this.#answering.size === 0) await this.#rank();
  }

  /** Takes the last answer back. */
  async undo(): Promise<void> {
    const { tagId } = this;
    const last = this.#answers.at(-1);
    if (!tagId || !last) return;
    this.#answers = this.#answers.slice(0, -1);
    this.#belonged = this.#belonged.slice(0, -last.photos);
    await this.#tags.undo(tagId, last.tagging, true);
    if (last.rejected.length > 0) await this.#tags.reject(tagId, last.rejected, false);
    await this.#rank();
  }

  #unanswered = (found: Found): Found => ({
    ...found,
    imageIds: found.imageIds.filter((id) => !this.#answering.has(id)),
  });

  async #rank(): Promise<void> {
    const { tagId } = this;
    if (!tagId || !this.#setId) return;
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const state = await this.#client.call('explore.find', { embeddingSetId: this.#setId, tagId, count: 24 });
      if (asked !== this.#asked) return;
      this.state = this.#unanswered(state);
      this.isUntagged = false;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.isUntagged = error instanceof ContractError && error.key === 'not-available.untagged';
      if (!this.isUntagged) throw error;
      this.state = null;
    } finally {
      if (asked === this.#asked) this.busy = this.#answering.size > 0;
    }
  }
}
