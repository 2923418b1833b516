/**
 * Trains one run at a time; others wait in a queue. It starts the compute process on the run's device, turns its reports
 * into rows and events, and turns whatever ends it into a state of the run that says what happened.
 */
import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toWireError } from '../../../shared/contract.ts';
import { Provider } from '../../../shared/contract.ts';
import type { Report, RunState, TrainJob, WireError } from '../../../shared/contract.ts';
import { isLocked, storageError } from '../../db/index.ts';
import type { RunRow } from '../../db/index.ts';
import { ComputeProcess } from '../compute/process.ts';
import type { ComputeOptions, JobEnd } from '../compute/process.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import { AppError } from '../errors.ts';
import { throttled } from '../events.ts';
import type { Library } from '../library/library.ts';
import type { RunDescriber } from './describe.ts';
import { crashOf, isDeviceError, ranOutOfMemory, restartNotice, stepsBefore } from './deviceErrors.ts';
import { initialWeights, photoCacheBytes } from './plan.ts';
import { reconcileRun } from './reconcile.ts';

interface Active {
  runId: string;
  compute: ComputeProcess | null;
  /** What was asked for, also before there was a process to ask. */
  stopping: 'save' | 'now' | null;
  pausing: boolean;
  /** Aborted by the first wish to stop: for what is waited for before there is a process. */
  wish: AbortController;
  /** Steps of this process. */
  steps: number;
  done: Promise<void>;
}

/** The trainer of an application that was killed saves for at most this long before it ends. */
const orphanSeconds = 150;

export class Supervisor {
  readonly #context: AppContext;
  readonly #library: Library;
  readonly #describer: RunDescriber;
  readonly #devices: Devices;
  readonly #options: ComputeOptions;
  readonly #queue: string[] = [];
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
    this.#options = options;
  }

  get busy(): boolean {
    return this.#active !== null;
  }

  enqueue(runId: string): void {
    this.#queue.push(runId);
    this.#update(runId, { state: 'queued', error: null, endedAt: null, etaSeconds: null });
    this.#next();
  }

  pause(runId: string): void {
    if (this.#active?.runId !== runId) throw new AppError('wrong-state', 'only a running run can be paused');
    this.#active.pausing = true;
    this.#active.compute?.send({ type: 'pause' });
  }

  /** @returns false when the run is not the one that trains: it has to be queued. */
  resume(runId: string): boolean {
    if (this.#active?.runId !== runId) return this.#queue.includes(runId);
    this.#active.pausing = false;
    this.#active.compute?.send({ type: 'resume' });
    return true;
  }

  /** Resolves when the run has stopped. `now`: without saving. */
  async stop(runId: string, now: boolean): Promise<void> {
    const queued = this.#queue.indexOf(runId);
    if (queued >= 0) {
      this.#queue.splice(queued, 1);
      this.#update(runId, { state: 'stopped', endedAt: Date.now() });
      return;
    }
    const active = this.#active;
    if (active?.runId !== runId) throw new AppError('wrong-state', 'the run is not running');
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
  }

  #next(): void {
    if (this.#active || this.#closed) return;
    const runId = this.#queue.shift();
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

  #update(runId: string, patch: Partial<Omit<RunRow, 'id'>>): void {
    this.#context.store.runs.update(runId, patch);
    this.#describer.announce(runId);
  }

  async #train(active: Active): Promise<void> {
    const { runId } = active;
    let end: JobEnd;
    try {
      this.#update(runId, { state: 'running' });
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
    const deviceFailed = end.type === 'failed' && isDeviceError(end.error);
    this.#describer.setActivity(runId, null);
    this.#describer.forget(runId);
    const states = { done: 'finished', stopped: 'stopped', failed: 'failed' } as const satisfies Record<
      JobEnd['type'],
      RunState
    >;
    const outcome: Partial<Omit<RunRow, 'id'>> = {
      state: deviceFailed ? 'interrupted' : states[end.type],
      endedAt: Date.now(),
      etaSeconds: null,
      error: end.type === 'failed' ? end.error : null,
      ...(end.type === 'done' && { extendBy: null, extendFrom: null }),
    };
    try {
      this.#update(runId, outcome);
    } catch (error) {
      // The history cannot be written (a full disk): say so; the next start finds the run interrupted.
      const run = this.#describer.summary({
        ...this.#describer.row(runId),
        ...outcome,
        state: 'failed',
        error: outcome.error ?? this.#wireError(error),
      });
      this.#context.events.emit({ name: 'run', run });
    }
  }

  #wireError(error: unknown) {
    return toWireError(storageError(error, this.#context.paths.home));
  }

  async #compute(active: Active): Promise<JobEnd> {
    const { runId } = active;
    this.#tellActivity(runId, 'getting ready');
    active.compute = null;
    active.steps = 0;
    await this.#waitForOrphan(active);
    const provider = await this.#provider(active);
    if (provider === null) return { type: 'stopped', saved: false };
    await reconcileRun(this.#context, { id: runId });
    await mkdir(this.#context.paths.checkpoints(runId), { recursive: true });
    const job = { ...this.#job(runId, provider), device: await this.#devices.forJob(provider) };
    const leave = await this.#context.quiet.enter(active.wish.signal); // a self-test that runs is waited for
    void active.done.then(leave);
    if (active.stopping) return { type: 'stopped', saved: false };
    let fault: WireError | null = null;
    const receive = this.#receiver(active, job, (error) => {
      fault ??= this.#wireError(error);
      active.compute?.kill();
    });
    active.compute = new ComputeProcess(this.#context.launch, job, receive.report, this.#options);
    if (active.pausing) active.compute.send({ type: 'pause' });
    const end = await active.compute.ended;
    receive.flush();
    // A process that ended its job is told to go; one that does not is no longer waited for.
    active.compute.send({ type: 'stop', now: true });
    await Promise.race([active.compute.exited, sleep(5000, undefined, { ref: false })]);
    active.compute.kill();
    await active.compute.exited;
    leave();
    if (fault !== null) return { type: 'failed', error: fault };
    if (end.type !== 'failed' || provider === 'cpu') return end;
    const error = crashOf(end.error, provider, job.config.batchSize);
    // Before the device is used again its self-test has to pass again.
    if (isDeviceError(error) && error.code !== 'out-of-device-memory') await this.#devices.forget(provider);
    return { type: 'failed', error };
  }

  /**
   * What the run trains on: a run stays on the device it began on. Null when it is told to stop meanwhile.
   * @throws AppError device-unavailable: it falls back to the processor only when the person says so
   */
  async #provider({ runId, wish }: Active): Promise<Provider | null> {
    const run = this.#context.store.runs.get(runId)!;
    const before = Provider.safeParse(run.device);
    const choice = run.config.device === 'auto' && before.success ? before.data : run.config.device;
    const { devices } = await this.#devices.list();
    if (
      devices.some(({ testing }) => testing) ||
      (choice !== 'cpu' && devices.some(({ test }) => test === null))
    )
      this.#tellActivity(runId, 'testing the devices');
    if (wish.signal.aborted) return null;
    const stopped = new Promise<null>((resolve) =>
      wish.signal.addEventListener('abort', () => resolve(null), { once: true }),
    );
    const ready = this.#devices.ready(choice).then(() => this.#devices.resolve(choice));
    return Promise.race([ready, stopped]);
  }

  /** Whether there is a checkpoint to go back to; then the run says what happened and what to do about it. */
  #restart({ runId }: Active, error: WireError): boolean {
    const from = this.#context.store.checkpoints.ofRun(runId).findLast((row) => row.hasOptimizerState === 1);
    if (!from) return false;
    this.#update(runId, { error: restartNotice(error, from.epoch), etaSeconds: null });
    return true;
  }

  /** A trainer that outlived a killed application still writes: its lock tells, and dies with it. */
  async #waitForOrphan(active: Active): Promise<void> {
    const { runId } = active;
    const lock = this.#context.paths.runLock(runId);
    await mkdir(this.#context.paths.run(runId), { recursive: true });
    for (let waited = 0; !active.stopping && isLocked(lock); waited += 0.25) {
      if (waited >= orphanSeconds)
        throw new AppError('wrong-state', 'another process is still training this run: end it, then resume');
      if (waited === 1)
        this.#tellActivity(runId, 'waiting for the training process of the last session to save');
      await sleep(250);
    }
  }

  #job(runId: string, provider: Provider): TrainJob {
    const { store, paths } = this.#context;
    const run = store.runs.get(runId)!;
    const from = store.checkpoints.ofRun(runId).findLast((row) => row.hasOptimizerState === 1);
    // an extension that was finished and killed before it could say so is not extended once more
    const extendBy =
      run.extendBy !== null && from?.kept === 'final' && from.step > (run.extendFrom ?? 0)
        ? null
        : run.extendBy;
    const weights = initialWeights(this.#context, run.config);
    if (weights instanceof AppError && !from) throw weights;
    store.metrics.rewind(runId, from?.step ?? -1);
    this.#describer.forget(runId);
    return {
      kind: 'train',
      runId,
      directory: paths.run(runId),
      cacheDirectory: paths.photoCache,
      cacheBytes: photoCacheBytes,
      config: { ...run.config, device: provider },
      images: this.#library.jobImages(run.datasetId),
      initialWeights: weights instanceof AppError ? null : weights,
      resumeFrom: from ? paths.checkpoint(runId, from.file) : null,
      extendBy,
      history: store.metrics.epochs(runId),
      untrained: run.untrained,
    };
  }

  #tellActivity(runId: string, message: string, fraction = 0, etaSeconds: number | null = null): void {
    this.#describer.setActivity(runId, { message, fraction, etaSeconds });
    this.#describer.announce(runId);
  }

  /** What the trainer says, as rows and events. `onFault`: what it said could not be written down. */
  #receiver(
    active: Active,
    job: TrainJob,
    onFault: (error: unknown) => void,
  ): { report(report: Report): void; flush(): void } {
    const guarded =
      <T extends unknown[]>(work: (...given: T) => void) =>
      (...given: T) => {
        try {
          work(...given);
        } catch (error) {
          onFault(error);
        }
      };
    const { runId } = active;
    const { store, events } = this.#context;
    const changes: Partial<Omit<RunRow, 'id'>> = {};
    const write = guarded(() => {
      store.runs.update(runId, changes);
      for (const key of Object.keys(changes)) delete changes[key as keyof typeof changes];
      this.#describer.announce(runId);
    });
    const tell = throttled(write, 500);
    const change = (patch: typeof changes) => {
      Object.assign(changes, patch);
      tell();
    };
    const now = (patch: typeof changes) => {
      change(patch);
      tell.flush();
    };
    let idle = false; // there is an activity to take back
    const working = () => {
      if (idle) this.#describer.setActivity(runId, null);
      idle = false;
    };
    let stepsPerEpoch = 1;

    const report = (message: Report): void => {
      switch (message.type) {
        case 'progress':
          this.#describer.setActivity(runId, {
            message: message.message,
            fraction: message.fraction,
            etaSeconds: message.etaSeconds,
          });
          idle = true;
          tell();
          break;
        case 'started': {
          working();
          const byFile = new Map(job.images.map((image) => [image.file, image.id]));
          const { datasetId } = store.runs.get(runId)!;
          store.images.putSkipped(
            datasetId,
            message.skipped.map((item) => ({ ...item, id: byFile.get(item.file) })),
          );
          const skipped = store.images.skipped(datasetId, 0, -1).files;
          const { device, images, config, estimate, startStep } = message;
          // A comparison of the lab and the way out of a failure are no choice for the runs to come.
          if (startStep === 0 && store.lab.linkOf(runId) === undefined)
            store.settings.rememberDevice(store.runs.get(runId)!.config.device);
          stepsPerEpoch = message.stepsPerEpoch;
          now({
            state: 'running',
            device,
            images,
            skipped: skipped.length,
            epochs: estimate.epochs,
            step: startStep,
            epoch: startStep / stepsPerEpoch,
            steps: message.totalSteps,
            startedAt: store.runs.get(runId)!.startedAt ?? Date.now(),
            etaSeconds: estimate.seconds,
          });
          events.emit({ name: 'started', runId, device, images, skipped, config, estimate, startStep });
          break;
        }
        case 'untrained':
          change({ untrained: message.metrics });
          events.emit({ name: 'untrained', runId, metrics: message.metrics });
          break;
        case 'steps': {
          working();
          active.steps += message.steps.length;
          store.metrics.putSteps(runId, message.steps);
          const last = message.steps.at(-1);
          if (last) change({ step: last.step, epoch: last.epoch, trainingSeconds: last.trainingSeconds });
          events.emit({ name: 'steps', runId, steps: message.steps });
          break;
        }
        case 'epoch': {
          const { metrics } = message;
          store.metrics.putEpoch(runId, metrics);
          this.#describer.forget(runId);
          const { epoch, step, etaSeconds, imagesPerSecond, trainingSeconds } = metrics;
          now({
            epoch,
            step,
            epochs: Math.round(metrics.epochs),
            etaSeconds,
            imagesPerSecond,
            trainingSeconds,
          });
          events.emit({ name: 'epoch', runId, metrics });
          break;
        }
        case 'verdict':
          store.metrics.putVerdict(runId, changes.step ?? store.runs.get(runId)!.step, message.judgement);
          now({ judgement: message.judgement });
          events.emit({ name: 'verdict', runId, judgement: message.judgement });
          break;
        case 'strip': {
          const { epoch, step, queries } = message;
          store.metrics.putStrip(runId, { epoch, step, queries });
          events.emit({ name: 'strip', runId, step });
          break;
        }
        case 'checkpoints':
          store.checkpoints.replace(
            runId,
            message.files.map((item) => ({ ...item, file: basename(item.file) })),
            Date.now(),
          );
          tell();
          events.emit({ name: 'checkpoints', runId });
          break;
        case 'paused':
          now({ state: 'paused' });
          break;
        case 'resumed':
          now({ state: 'running' });
          break;
        case 'ready':
        case 'heartbeat':
        case 'queryResult':
        case 'stopped':
        case 'done':
        case 'failed':
          break; // these are ComputeProcess's
        default:
          message satisfies never;
      }
    };
    return { report: guarded(report), flush: () => (tell(), tell.flush()) };
  }
}
