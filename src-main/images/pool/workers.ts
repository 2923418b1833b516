/**
 * Processes that each do one job at a time, and the jobs that wait for one: a job past its time limit ends its process,
 * which is replaced, and huge photos go one after another. Leaves what a job does to jobs.ts, and what a worker is (a
 * process, or a thread where the host cannot fork) to channel.ts.
 */
import { availableParallelism } from 'node:os';
import { argumentsOf, KeyedError } from '../../../shared/errors.ts';
import { DEFAULT_LIMITS } from '../decode/types.ts';
import { ImageError } from '../errors.ts';
import { openChannel } from './channel.ts';
import type { Channel, Isolation } from './channel.ts';
import type { ImageJob, JobResult } from './jobs.ts';
import type { FromWorker } from './protocol.ts';
import { nameOfSource } from './source.ts';

export interface ImagePoolOptions {
  /** Decoding processes; default one for each core. */
  workers?: number;
  /** Seconds a file may take; default 20. */
  timeout?: number;
  /** Most pixels of a photo; default 200.5 million. */
  maxPixels?: number;
  isolation?: Isolation;
}

interface Pending {
  id: number;
  job: ImageJob;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  detach(): void;
}

interface Slot {
  channel: Channel | null;
  ready: boolean;
  current: Pending | null;
  timer: NodeJS.Timeout | undefined;
  waitsForHuge: boolean;
}

/** Seconds a worker may take to start: usually half a second, on a machine out of memory or under load much longer. */
const START_SECONDS = 120;

/** How many times the limit of a photo a job may take that reads a file from end to end. */
const LONG = 15;

/** No worker could be started: something is wrong with the installation or the machine, not with a photo. */
export class ImagePoolError extends KeyedError<'image-workers.detail'> {
  override readonly name = 'ImagePoolError';
}

export class Workers {
  readonly #slots: Slot[];
  readonly #limits: { maxPixels: number; timeout: number };
  readonly #isolation: Isolation;
  readonly #queue: Pending[] = [];
  #hugeTurn: Slot | null = null;
  #nextId = 0;
  #closed = false;

  constructor(options: ImagePoolOptions = {}) {
    const workers = Math.max(1, Math.floor(options.workers ?? availableParallelism()));
    this.#limits = {
      maxPixels: options.maxPixels ?? DEFAULT_LIMITS.maxPixels,
      timeout: options.timeout ?? DEFAULT_LIMITS.timeout,
    };
    this.#isolation = options.isolation ?? 'process';
    this.#slots = Array.from({ length: workers }, () => ({
      channel: null,
      ready: false,
      current: null,
      timer: undefined,
      waitsForHuge: false,
    }));
  }

  /** Starts a worker before there is a photo for it, where none runs: the first photo need not wait for its start then. */
  wake(): void {
    const [slot] = this.#slots;
    if (this.#closed || !slot || this.#slots.some(({ channel }) => channel !== null)) return;
    slot.channel = this.#start(slot);
    slot.channel.hold(false);
  }

  get count(): number {
    return this.#slots.length;
  }

  /**
   * Runs a job. Rejects with ImageError where the file is at fault, and with the signal's reason when it is aborted.
   */
  run<J extends ImageJob>(job: J, signal?: AbortSignal): Promise<JobResult<J>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('the image pool is closed');
      signal?.throwIfAborted();
      const pending: Pending = {
        id: this.#nextId++,
        job,
        resolve: resolve as (value: unknown) => void,
        reject,
        detach: () => undefined,
      };
      if (signal) {
        const abort = (): void => this.#abandon(pending, signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        pending.detach = () => signal.removeEventListener('abort', abort);
      }
      this.#queue.push(pending);
      this.#dispatch();
    });
  }

  /** Ends the workers; jobs that are not done reject. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new Error('the image pool was closed');
    for (const pending of this.#queue.splice(0)) {
      pending.detach();
      pending.reject(error);
    }
    await Promise.all(
      this.#slots.map(async (slot) => {
        const channel = slot.channel;
        this.#settle(slot)?.reject(error);
        slot.channel = null;
        await channel?.stop();
      }),
    );
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) return;
      if (slot.current) continue;
      const pending = this.#queue.shift()!;
      slot.current = pending;
      slot.channel ??= this.#start(slot);
      slot.channel.hold(true);
      if (slot.ready) this.#begin(slot);
    }
  }

  #begin(slot: Slot): void {
    if (!slot.current) return;
    this.#startClock(slot);
    slot.channel?.send({
      type: 'job',
      id: slot.current.id,
      job: slot.current.job,
      limits: this.#limitsOf(slot.current.job),
    });
  }

  /** The limits of a job: one that reads a file from end to end, however large, has longer. */
  #limitsOf(job: ImageJob): { maxPixels: number; timeout: number } {
    const isLong = job.kind === 'identify' || job.kind === 'divide';
    return isLong ? { ...this.#limits, timeout: LONG * this.#limits.timeout } : this.#limits;
  }

  #start(slot: Slot): Channel {
    slot.ready = false;
    slot.timer = setTimeout(
      () => channel.fail(`it did not start within ${START_SECONDS} seconds`),
      START_SECONDS * 1000,
    );
    const channel: Channel = openChannel(this.#isolation, {
      message: (message) => {
        if (slot.channel === channel) this.#receive(slot, message);
      },
      exit: (why) => {
        if (slot.channel !== channel) return; // ended on purpose
        slot.channel = null;
        const pending = this.#settle(slot);
        if (slot.ready) pending?.reject(new ImageError(nameOf(pending.job), 'crashed.detail', { detail: why }));
        else pending?.reject(new ImagePoolError('image-workers.detail', { detail: why })); // not the file's fault, and the next file would fare no better
        this.#dispatch();
      },
    });
    return channel;
  }

  #receive(slot: Slot, message: FromWorker): void {
    if (message.type === 'ready') {
      clearTimeout(slot.timer);
      slot.ready = true;
      this.#begin(slot);
      return;
    }
    if (slot.current?.id !== message.id) return;
    switch (message.type) {
      case 'huge':
        clearTimeout(slot.timer); // waiting for its turn is not the file's fault
        slot.waitsForHuge = true;
        this.#grantHugeTurn();
        return;
      case 'result':
        this.#settle(slot)!.resolve(message.result);
        break;
      case 'failed':
        slot.current.reject(new ImageError(nameOf(slot.current.job), ...argumentsOf(message.reason)));
        this.#settle(slot);
        break;
      case 'error':
        this.#settle(slot)!.reject(new Error(message.message));
        break;
      default:
        message satisfies never;
    }
    this.#dispatch();
  }

  #grantHugeTurn(): void {
    if (this.#hugeTurn) return;
    const next = this.#slots.find((slot) => slot.waitsForHuge);
    if (!next?.current) return;
    next.waitsForHuge = false;
    this.#hugeTurn = next;
    this.#startClock(next);
    next.channel?.send({ type: 'proceed', id: next.current.id });
  }

  #startClock(slot: Slot): void {
    clearTimeout(slot.timer);
    // The decoder's own limit comes first where it works; this one is for a decoder that does not look at the clock.
    const { timeout } = slot.current ? this.#limitsOf(slot.current.job) : this.#limits;
    const milliseconds = (timeout + Math.min(1, timeout / 4)) * 1000;
    slot.timer = setTimeout(() => {
      const pending = slot.current;
      this.#replace(slot);
      pending?.reject(new ImageError(nameOf(pending.job), 'timed-out.seconds', { seconds: timeout }));
      this.#dispatch();
    }, milliseconds);
  }

  /** Frees the slot of its job and returns it. */
  #settle(slot: Slot): Pending | null {
    const pending = slot.current;
    clearTimeout(slot.timer);
    pending?.detach();
    slot.current = null;
    slot.waitsForHuge = false;
    slot.channel?.hold(false);
    if (this.#hugeTurn === slot) {
      this.#hugeTurn = null;
      this.#grantHugeTurn();
    }
    return pending;
  }

  #replace(slot: Slot): void {
    const channel = slot.channel;
    this.#settle(slot);
    slot.channel = null;
    void channel?.stop();
  }

  #abandon(pending: Pending, reason: unknown): void {
    const queued = this.#queue.indexOf(pending);
    const slot = this.#slots.find((candidate) => candidate.current === pending);
    if (queued >= 0) this.#queue.splice(queued, 1);
    if (slot) this.#replace(slot);
    pending.reject(reason);
    this.#dispatch();
  }
}

const nameOf = (job: ImageJob): string => nameOfSource(job.source);
