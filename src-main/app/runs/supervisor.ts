/**
 * Trains one run at a time; others wait in queue.ts. It starts the compute process on what preparation.ts made ready, and
 * whatever ends it becomes a state of the run that says what happened (outcome.ts); what the process reports meanwhile is
 * receiver.ts's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { toWireError } from '../../../shared/contract.ts';
import type { Report, WireError } from '../../../shared/contract.ts';
import { storageError } from '../../db/index.ts';
import { ComputeProcess } from '../compute/process.ts';
import type { ComputeOptions, JobEnd } from '../compute/process.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import { AppError } from '../errors.ts';
import type { Library } from '../library/library.ts';
import type { RunDescriber } from './describe.ts';
import { crashOf, isDeviceError, ranOutOfMemory, restartNotice, stepsBefore } from './deviceErrors.ts';
import { outcomeOf } from './outcome.ts';
import { Preparation } from './preparation.ts';
import { RunQueue } from './queue.ts';
import { receiveReports } from './receiver.ts';
import { newestResumable } from './trainJob.ts';

interface Active {
  runId: string;
  compute: ComputeProcess | null;
  /** What was asked for, also before there was a process to ask. */
  stopping: 'save' | 'now' | null;
  pausing: boolean;
  /** Aborted by the first wish to stop: for what is waited for before there is a process. */
  wish: AbortController;
  /** Steps that this process has done. */
  steps: number;
  done: Promise<void>;
}

/** Seconds between tries to write down what a full disk refused. */
const owedSeconds = 10;

export class Supervisor {
  readonly #context: AppContext;
  readonly #library: Library;
  readonly #describer: RunDescriber;
  readonly #devices: Devices;
  readonly #preparation: Preparation;
  readonly #options: ComputeOptions;
  readonly #queue: RunQueue;
  /** A run has come to its planned end. */
  onFinished: (runId: string) => void = () => {};
  #active: Active | null = null;
  #closed = false;

  constructor(
    context: AppContext,
    library: Library,
    describer: RunDescriber,
    devices: Devices,
    options: ComputeOptions = {},
  ) {
    this.#context = context;
    this.#library = library;
    this.#describer = describer;
    this.#devices = devices;
    this.#preparation = new Preparation(context, library, describer, devices);
    this.#options = options;
    this.#queue = new RunQueue(context.store, context.host);
    describer.isAlive = (runId) => this.has(runId);
  }

  get busy(): boolean {
    return this.#active !== null;
  }

  /** `first`: what trained when the application ended, before what waited then. */
  enqueue(runId: string, where: 'first' | 'last' = 'last'): void {
    const queuePlace = this.#queue.add(runId, where);
    const fresh = { state: 'queued', queuePlace, error: null, endedAt: null, etaSeconds: null } as const;
    this.#describer.update(runId, fresh, this.busy); // one that waits for nobody is not said to wait
    this.#next();
  }

  /** What waited when the application ended trains in its turn. */
  goOn(): void {
    this.#next();
  }

  /** Whether it trains or waits for its turn here. */
  has(runId: string): boolean {
    return this.#active?.runId === runId || this.#queue.has(runId);
  }

  pause(runId: string): void {
    if (this.#active?.runId !== runId) throw new AppError('wrong-state.pause');
    this.#active.pausing = true;
    this.#active.compute?.send({ type: 'pause' });
  }

  /** @returns false when the run neither trains nor waits here: it has to be queued */
  resume(runId: string): boolean {
    if (this.#active?.runId !== runId) return this.#queue.has(runId);
    this.#active.pausing = false;
    this.#active.compute?.send({ type: 'resume' });
    return true;
  }

  /**
   * Resolves when the run has stopped. `now`: without saving. @throws AppError wrong-state where it neither trains nor
   * waits
   */
  async stop(runId: string, now: boolean): Promise<void> {
    const active = this.#active;
    if (active?.runId !== runId) {
      // a command takes one away from the queue of the application that is not open
      if (!this.#queue.remove(runId) && this.#describer.row(runId).state !== 'queued')
        throw new AppError('wrong-state.idle');
      return this.#describer.update(runId, { state: 'stopped', queuePlace: null, endedAt: Date.now() });
    }
    active.stopping = now ? 'now' : (active.stopping ?? 'save');
    active.wish.abort();
    if (now) active.compute?.kill();
    else active.compute?.send({ type: 'stop', now: false });
    await active.done;
  }

  /** Saves and stops what trains; nothing is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#active) await this.stop(this.#active.runId, false);
    this.#describer.writeOwed();
  }

  #next(): void {
    if (this.#active || this.#closed || this.#context.closing.aborted) return;
    const runId = this.#queue.next();
    if (runId === undefined) return;
    const active: Active = {
      runId,
      compute: null,
      stopping: null,
      pausing: false,
      wish: new AbortController(),
      steps: 0,
      done: Promise.resolve(),
    };
    this.#active = active;
    active.done = this.#train(active).finally(() => {
      this.#active = null;
      this.#next();
    });
  }

  async #train(active: Active): Promise<void> {
    const { runId } = active;
    let end: JobEnd;
    try {
      this.#describer.update(runId, { state: 'running', queuePlace: null });
      end = await this.#compute(active);
      // What fitted for a while may fit again: memory that another program took, or that lay in pieces. Once.
      if (
        ranOutOfMemory(end) &&
        (stepsBefore(end.error) ?? active.steps) > 0 &&
        !active.stopping &&
        this.#restart(active, end.error)
      )
        end = await this.#compute(active);
    } catch (error) {
      end = { type: 'failed', error: this.#wireError(error) };
    }
    this.#describer.setActivity(runId, null);
    this.#describer.forget(runId);
    const outcome = outcomeOf(this.#context, runId, end);
    const unwritten = this.#describer.settle(runId, outcome);
    // a full disk, say: the run has ended all the same, and is told to have
    if (unwritten !== null) {
      this.#describer.settle(runId, { ...outcome, error: outcome.error ?? this.#wireError(unwritten) });
      this.#writeLater();
    }
    this.#describer.announce(runId);
    if (outcome.state === 'finished') this.onFinished(runId);
  }

  #writeLater(): void {
    const again = () => this.#describer.writeOwed() !== null && !this.#closed && this.#writeLater();
    setTimeout(again, 1000 * owedSeconds).unref();
  }

  #wireError(error: unknown) {
    return toWireError(storageError(error, this.#context.paths.home));
  }

  async #compute(active: Active): Promise<JobEnd> {
    const { runId, wish } = active;
    active.compute = null;
    active.steps = 0;
    const prepared = await this.#preparation.prepare(runId, wish.signal);
    if (prepared === null) return { type: 'stopped', saved: false };
    const { provider, job, photos } = prepared;
    const { batchSize } = job.config;
    void active.done.then(prepared.release);
    this.#describer.forget(runId);
    const leave = await this.#context.quiet.enter(active.wish.signal); // a self-test that runs is waited for
    void active.done.then(leave);
    if (active.stopping) return { type: 'stopped', saved: false };
    const { datasetId } = this.#context.store.runs.get(runId)!;
    const reading = this.#library.readings.pace.run(this.#context.store.images.folderOf(datasetId));
    void active.done.then(reading.ended);
    let fault: WireError | null = null;
    const receiver = receiveReports(this.#context, this.#describer, runId, (error) => {
      fault ??= this.#wireError(error);
      active.compute?.kill();
    });
    const report = (message: Report) => {
      if (message.type === 'started') reading.begun();
      if (message.type === 'steps') active.steps += message.steps.length;
      receiver.report(message);
    };
    const options = { ...this.#options, lists: { images: photos } };
    active.compute = new ComputeProcess(this.#context.launch, job, report, options);
    if (active.pausing) active.compute.send({ type: 'pause' });
    const end = await active.compute.ended;
    await receiver.flush();
    // A process that ended its job is told to go; one that does not is no longer waited for.
    active.compute.send({ type: 'stop', now: true });
    await Promise.race([active.compute.exited, sleep(5000, undefined, { ref: false })]);
    active.compute.kill();
    await active.compute.exited;
    leave();
    if (fault !== null) return { type: 'failed', error: fault };
    if (end.type !== 'failed' || provider === 'cpu') return end;
    const error = crashOf(end.error, provider, batchSize);
    // Before the device is used again its self-test has to pass again.
    if (isDeviceError(error) && error.code !== 'out-of-device-memory') await this.#devices.forget(provider);
    return { type: 'failed', error };
  }

  /** Whether there is a checkpoint to go back to; then the run says what happened and what to do about it. */
  #restart({ runId }: Active, error: WireError): boolean {
    const from = newestResumable(this.#context, runId);
    if (!from) return false;
    this.#describer.update(runId, { error: restartNotice(error, from.epoch), etaSeconds: null });
    return true;
  }
}
