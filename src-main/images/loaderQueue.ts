/**
 * Who computes which part of which batch, in shared memory. The training step blocks its thread for seconds, so
 * workers cannot be fed by messages from it: they draw tickets from a counter instead and sleep when there is no job.
 * A job is one batch, cut into chunks, and lives in slot job % slots until its batch has been used.
 */

/** Positions in the control words; each slot has its own four behind them. */
const Word = { ticket: 0, published: 1, slots: 2 } as const;
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
  readonly #words: Int32Array;

  /** `buffer` is what another thread's queue of the same shape holds; without it a new queue begins. */
  constructor(
    slots: number,
    chunks: number,
    buffer = new SharedArrayBuffer(4 * (Word.slots + slots * SlotWord.count)),
  ) {
    this.slots = slots;
    this.chunks = chunks;
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Adds a batch. The caller has used up job - slots, whose slot it takes. Returns the job's number. */
  publish(epoch: number, step: number): number {
    const job = Atomics.load(this.#words, Word.published);
    this.#set(job, SlotWord.epoch, epoch);
    this.#set(job, SlotWord.step, step);
    this.#set(job, SlotWord.cancelled, 0);
    this.#set(job, SlotWord.done, 0);
    Atomics.store(this.#words, Word.published, job + 1);
    Atomics.notify(this.#words, Word.published);
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
    const ticket = Atomics.add(this.#words, Word.ticket, 1);
    const job = Math.floor(ticket / this.chunks);
    for (let published; (published = Atomics.load(this.#words, Word.published)) <= job;)
      Atomics.wait(this.#words, Word.published, published);
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
    return Word.slots + (job % this.slots) * SlotWord.count + word;
  }

  #get(job: number, word: number): number {
    return Atomics.load(this.#words, this.#at(job, word));
  }

  #set(job: number, word: number, value: number): void {
    Atomics.store(this.#words, this.#at(job, word), value);
  }
}
