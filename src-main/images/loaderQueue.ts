/**
 * Who computes which part of which batch, in shared memory. The training step blocks its thread for seconds, so
 * workers cannot be fed by messages from it: they draw tickets from a counter instead and sleep when there is no job.
 * A job is one batch, cut into chunks, and lives in slot job % slots until its batch has been used.
 */

/** Indices of the two counters, which have 64 bits because a ticket for each chunk passes 2^31 within weeks. */
const Counter = { ticket: 0, published: 1, count: 2 } as const;
/** What a slot says of its job, in words of 32 bits behind the counters. */
const SlotWord = { epoch: 0, step: 1, cancelled: 2, done: 3, count: 4 } as const;

/** A part of a batch to compute. */
export interface Chunk {
  job: number;
  slot: number;
  chunk: number;
  epoch: number;
  step: number;
  /** Nobody wants this batch any more: complete it without computing. */
  cancelled: boolean;
}

export class BatchQueue {
  readonly buffer: SharedArrayBuffer;
  readonly slots: number;
  readonly chunks: number;
  readonly #counters: BigInt64Array; // [Counter.count]
  readonly #words: Int32Array; // [slots * SlotWord.count]

  /** `buffer` is what another thread's queue of the same shape holds; without it a new queue begins. */
  constructor(
    slots: number,
    chunks: number,
    buffer = new SharedArrayBuffer(8 * Counter.count + 4 * slots * SlotWord.count),
  ) {
    this.slots = slots;
    this.chunks = chunks;
    this.buffer = buffer;
    this.#counters = new BigInt64Array(buffer, 0, Counter.count);
    this.#words = new Int32Array(buffer, this.#counters.byteLength);
  }

  /** Adds a batch. The caller has used up job - slots, whose slot it takes. Returns the job's number. */
  publish(epoch: number, step: number): number {
    const job = Number(Atomics.load(this.#counters, Counter.published));
    this.#set(job, SlotWord.epoch, epoch);
    this.#set(job, SlotWord.step, step);
    this.#set(job, SlotWord.cancelled, 0);
    this.#set(job, SlotWord.done, 0);
    Atomics.store(this.#counters, Counter.published, BigInt(job + 1));
    Atomics.notify(this.#counters, Counter.published);
    return job;
  }

  /** What is left of the job is skipped; it still has to finish, for a worker may be writing into its slot. */
  cancel(job: number): void {
    this.#set(job, SlotWord.cancelled, 1);
  }

  finished(job: number): boolean {
    return Atomics.load(this.#words, this.#at(job, SlotWord.done)) === this.chunks;
  }

  /** The next chunk for this worker; sleeps until there is one. */
  claim(): Chunk {
    const ticket = Number(Atomics.add(this.#counters, Counter.ticket, 1n));
    const job = Math.floor(ticket / this.chunks);
    for (let published; (published = Atomics.load(this.#counters, Counter.published)) <= job;)
      Atomics.wait(this.#counters, Counter.published, published);
    return {
      job,
      slot: job % this.slots,
      chunk: ticket % this.chunks,
      epoch: this.#get(job, SlotWord.epoch),
      step: this.#get(job, SlotWord.step),
      cancelled: this.#get(job, SlotWord.cancelled) === 1,
    };
  }

  /** Counts a chunk as done; true for the job's last one. */
  complete(job: number): boolean {
    return Atomics.add(this.#words, this.#at(job, SlotWord.done), 1) + 1 === this.chunks;
  }

  #at(job: number, word: number): number {
    return (job % this.slots) * SlotWord.count + word;
  }

  #get(job: number, word: number): number {
    return Atomics.load(this.#words, this.#at(job, word));
  }

  #set(job: number, word: number, value: number): void {
    Atomics.store(this.#words, this.#at(job, word), value);
  }
}
