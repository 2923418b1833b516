/**
 * What is open in a place and its address, each following the other, for places whose state is a few texts: a reload, Back
 * and a link show the same. Explore, which has to wait for what it opens, has its own (explore-address.svelte.ts).
 */
import { untrack } from 'svelte';
import { Latest } from '../lib/debounce.ts';
import type { Router } from './router.svelte.ts';

type Query = Readonly<Record<string, string>>;

/** What is typed, or gone through by a held key, is written when it rests: browsers refuse an address that never does. */
const restMilliseconds = 250;

const textOf = (query: Query): string => JSON.stringify(Object.entries(query).sort());

interface Parts {
  router: Router;
  /** Whether the address is of what this belongs to. */
  isHere(): boolean;
  /** Parameters whose change is a step that Back undoes; others are rewritten in place. */
  steps: readonly string[];
  /** Those of which it is one that there is any, and none that it is another. */
  opened?: readonly string[];
  /** Those that may change many times a second. The others are written at once: whoever goes on soon finds them with Back. */
  resting: readonly string[];
  /** Opens what the address asks for. */
  open(query: Query): void;
}

export class KeptAddress {
  readonly #parts: Parts;
  /** As the address has it. */
  #last: Query;
  /** What is written next corrects the address that was read, and is no step. */
  #isCorrection = true;
  readonly #rest = new Latest(restMilliseconds);

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#last = parts.router.route.query;
    parts.open(this.#last);
  }

  /** To be called in an effect: opens what the address asks for when it changes. */
  read(): void {
    const { router, isHere, open } = this.#parts;
    const { query } = router.route;
    untrack(() => {
      if (!isHere() || textOf(query) === textOf(this.#last)) return;
      this.#rest.cancel();
      this.#last = query;
      this.#isCorrection = true;
      open(query);
    });
  }

  /** To be called in an effect with what is open: writes it, without what is undefined. */
  write(open: Readonly<Record<string, string | undefined>>): void {
    const here = Object.fromEntries(Object.entries(open).filter(([, value]) => value !== undefined)) as Query;
    const { router, isHere, steps, opened = [], resting } = this.#parts;
    untrack(() => {
      this.#rest.cancel();
      const isCorrection = this.#isCorrection;
      this.#isCorrection = false;
      if (!isHere() || textOf(here) === textOf(this.#last)) return;
      const put = (isStep: boolean) => {
        if (!isHere()) return;
        this.#last = here;
        router.put(here, isStep);
      };
      const isOther = (name: string) => here[name] !== this.#last[name];
      const isOpened = (name: string) => name in here !== name in this.#last;
      const changed = Object.keys({ ...this.#last, ...here }).filter(isOther);
      if (isCorrection) put(false);
      else if (steps.some(isOther) || opened.some(isOpened)) put(true);
      else if (changed.every((name) => resting.includes(name))) this.#rest.ask(async () => put(false));
      else put(false);
    });
  }

  stop(): void {
    this.#rest.cancel();
  }
}
