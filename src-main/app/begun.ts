/**
 * What is begun by a call, once: two windows in which the same is pressed at once ask for it twice. Who asks for what is
 * under way is answered with that.
 */
import type { AppMethod } from '../../shared/contract.ts';
import { isUnderWay } from '../../shared/underWay.ts';

/** Calls that begin what would be the same a second time, and until when: `call`: until they are answered. */
const until: Partial<Record<AppMethod, 'call' | 'task' | 'experiment'>> = {
  'runs.create': 'call',
  'lab.start': 'experiment',
  'evaluate.start': 'task',
  'exports.start': 'task',
  'duplicates.start': 'task',
  'frozen.use': 'task',
  'cluster.write': 'task',
  'cluster.read': 'task',
  'weights.fetch': 'task',
};

interface Work {
  id: string;
  state: string;
}
/** What it is by now; undefined where it is gone. */
type Look = (id: string) => Work | undefined | Promise<Work | undefined>;

const goesOn = (work: Work | undefined): boolean => work !== undefined && isUnderWay(work.state);

export class Begun {
  readonly #known = new Map<string, { answer: Promise<Work>; isAnswered: boolean; look: Look }>();
  readonly #looks: Record<'call' | 'task' | 'experiment', Look>;

  constructor(looks: { task: Look; experiment: Look }) {
    this.#looks = { ...looks, call: () => undefined };
  }

  /** @returns what `begin` returns, or what was begun by the same call and is under way, with `isJoined` */
  async once(name: AppMethod, asked: unknown, begin: () => unknown): Promise<unknown> {
    const kind = until[name];
    if (kind === undefined) return begin();
    const key = `${name} ${JSON.stringify(asked)}`;
    const there = this.#known.get(key);
    if (there) {
      const wasAnswered = there.isAnswered;
      const answer = await there.answer; // who is refused is refused as the first is
      const now = await there.look(answer.id);
      if (!wasAnswered || goesOn(now)) return { ...(now ?? answer), isJoined: true };
      if (this.#known.get(key) === there) this.#known.delete(key);
      return this.once(name, asked, begin); // another may have begun it anew meanwhile
    }
    const answer = (async () => (await begin()) as Work)();
    const entry = { answer, isAnswered: false, look: this.#looks[kind] };
    this.#known.set(key, entry);
    try {
      return await answer;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    } finally {
      entry.isAnswered = true;
      if (kind === 'call') this.#known.delete(key);
      this.#forget().catch(() => {}); // of a home that closes meanwhile; the next one forgets as well
    }
  }

  /** What is over is held no longer. */
  async #forget(): Promise<void> {
    for (const [key, entry] of this.#known)
      if (entry.isAnswered && !goesOn(await entry.look((await entry.answer).id)) && this.#known.get(key) === entry)
        this.#known.delete(key);
  }
}
