/**
 * Messages as they arrive at a socket, in their order. A long one, such as a CSV of a million lines, would hold the thread
 * for a third of a second while it is decoded and read as JSON: that is done in a thread (arrivingWorker.ts), and what
 * comes after it waits.
 */
import { once } from 'node:events';
import { setImmediate as breathe } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../shared/frames.ts';
import type { Message } from '../../shared/contract.ts';
import { programAt } from '../files/index.ts';

const thread = programAt('./arrivingWorker', import.meta.url);

/** Bytes or letters that are read at once, in some ten milliseconds; of the ids of 200,000 photos fewer. */
const QUICK = 8_000_000;

/** Of it as many are handed over, and taken, before others have the thread. */
export const LENGTH_PER_TURN = 1_000_000;

/** The text of a message as it came. */
export type Parts = readonly (string | Uint8Array)[];

export function textOf(parts: Parts): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a part may begin with one
  return parts.map((part) => (typeof part === 'string' ? part : decoder.decode(part))).join('');
}

export class Arriving {
  readonly #hear: (message: Message | null) => void;
  readonly #quick: number;
  /** The end of those that came before, where they are not heard yet. */
  #before: Promise<void> | null = null;

  /** @param hear told of each; null: what came is none */
  constructor(hear: (message: Message | null) => void, quick = QUICK) {
    this.#hear = hear;
    this.#quick = quick;
  }

  take(parts: Parts): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#before === null && length <= this.#quick) return this.#hear(messageOf(textOf(parts)));
    const reading = length <= this.#quick ? null : readApart(parts);
    const turn = this.#inTurn(this.#before, async () => (reading ? await reading : messageOf(textOf(parts))));
    this.#before = turn;
    void turn.then(() => {
      if (this.#before === turn) this.#before = null;
    });
  }

  async #inTurn(before: Promise<void> | null, read: () => Promise<Message | null>): Promise<void> {
    await before;
    this.#hear(await read());
  }
}

/** What the thread says first: the message without the long texts among its parameters, which are asked for one by one. */
export interface Read {
  message: Message | null;
  long: string[];
}
/** What it says then, whenever it is asked: some letters of the text that is next. */
export interface Some {
  text: string;
  isLast: boolean;
}
/** What it is told: a part of the message; that it has all; that more is wanted. */
export type Told = { part: string | Uint8Array } | 'all' | 'more';

/** Parts are handed over, and texts taken, a little at a time. Null where it is no message, and where no thread can be had. */
async function readApart(parts: Parts): Promise<Message | null> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(thread);
    worker.on('error', () => {}); // told below
    let handed = 0;
    for (const part of parts) {
      if (handed > LENGTH_PER_TURN || handed === 0) {
        await breathe();
        handed = 0;
      }
      handed += part.length;
      // its memory goes with it, where it is its own but for the sign that more is to come
      const isOwn = typeof part !== 'string' && part.buffer.byteLength - part.length <= 1;
      worker.postMessage({ part } satisfies Told, isOwn ? [part.buffer as ArrayBuffer] : []);
    }
    const { message, long } = (await said(worker, 'all')) as Read;
    if (message?.type !== 'request') return message;
    const texts: Record<string, string> = {};
    for (const key of long)
      for (let isLast = false; !isLast;) {
        const some = (await said(worker, 'more')) as Some;
        texts[key] = (texts[key] ?? '') + some.text;
        ({ isLast } = some);
        await breathe();
      }
    return long.length > 0 ? { ...message, params: { ...(message.params as object), ...texts } } : message;
  } catch {
    return null;
  } finally {
    void worker?.terminate();
  }
}

/** @returns what the thread answers. @throws what it fails with */
async function said(worker: Worker, told: Told): Promise<unknown> {
  const ended = new AbortController();
  const exit = once(worker, 'exit', { signal: ended.signal }).then(() => Promise.reject(new Error('the thread ended')));
  exit.catch(() => {});
  const answer = once(worker, 'message', { signal: ended.signal });
  worker.postMessage(told);
  try {
    const [message] = (await Promise.race([answer, exit])) as [unknown];
    return message;
  } finally {
    ended.abort();
    answer.catch(() => {});
  }
}
