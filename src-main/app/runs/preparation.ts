/**
 * What comes before a run's process: an orphan of it is waited for, its device is tested and chosen, what its folder
 * holds is set right, and its job is made.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Provider } from '../../../shared/contract.ts';
import type { JobImage, Reason, TrainJob } from '../../../shared/contract.ts';
import { mayComputeHalf } from '../../../shared/devices.ts';
import { reason } from '../../../shared/reason.ts';
import { said } from '../../../shared/sentences.ts';
import { isLocked, makeFolder } from '../../files/index.ts';
import type { Pieces } from '../compute/lists.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import { AppError } from '../errors.ts';
import type { Library } from '../library/library.ts';
import type { RunDescriber } from './describe.ts';
import { precisionNotice } from './deviceErrors.ts';
import { reconcileRun } from './reconcile.ts';
import { holdWeights, trainJob } from './trainJob.ts';

/** The trainer of an application that was killed saves for at most this long before it ends. */
const orphanSeconds = 150;

export interface Prepared {
  provider: Provider;
  job: TrainJob;
  /** Its images. */
  photos: Pieces<JobImage>;
  /** Lets go of the weights that it starts from. */
  release(): void;
}

export class Preparation {
  readonly #context: AppContext;
  readonly #library: Library;
  readonly #describer: RunDescriber;
  readonly #devices: Devices;

  constructor(context: AppContext, library: Library, describer: RunDescriber, devices: Devices) {
    this.#context = context;
    this.#library = library;
    this.#describer = describer;
    this.#devices = devices;
  }

  /**
   * The job of a run on its device; null when `stop` is aborted before there is one. @throws AppError wrong-state where
   * another process trains it, device-unavailable, and what trainJob refuses
   */
  async prepare(runId: string, stop: AbortSignal): Promise<Prepared | null> {
    const { paths } = this.#context;
    this.#tell(runId, reason('doing.preparing'));
    await this.#waitForOrphan(runId, stop);
    const provider = await this.#provider(runId, stop);
    if (provider === null) return null;
    await reconcileRun(this.#context, { id: runId });
    makeFolder(paths.checkpoints(runId), paths.home);
    await this.#fitPrecision(runId, provider);
    const { job, photos } = await trainJob(this.#context, this.#library, runId, provider);
    const settled = await this.#devices.settle(job, provider);
    return {
      provider,
      photos,
      ...holdWeights(this.#context, { ...settled, device: await this.#devices.forJob(provider) }),
    };
  }

  /** A trainer that outlived a killed application still writes: its lock tells, and dies with it. */
  async #waitForOrphan(runId: string, stop: AbortSignal): Promise<void> {
    const { paths } = this.#context;
    const lock = paths.runLock(runId);
    makeFolder(paths.run(runId), paths.home);
    for (let waited = 0; !stop.aborted && isLocked(lock); waited += 0.25) {
      if (waited >= orphanSeconds) throw new AppError('wrong-state.locked');
      if (waited === 1) this.#tell(runId, reason('doing.waiting-for-orphan'));
      await sleep(250);
    }
  }

  /**
   * What the run trains on: a run stays on the device it began on. Null when it is told to stop meanwhile.
   * @throws AppError device-unavailable: it falls back to the processor only when the person says so
   */
  async #provider(runId: string, stop: AbortSignal): Promise<Provider | null> {
    const run = this.#context.store.runs.get(runId)!;
    const before = Provider.safeParse(run.device);
    const choice = run.config.device === 'auto' && before.success ? before.data : run.config.device;
    const { devices } = await this.#devices.list();
    if (devices.some(({ testing }) => testing) || (choice !== 'cpu' && devices.some(({ test }) => test === null)))
      this.#tell(runId, reason('doing.testing-devices'));
    if (stop.aborted) return null;
    const stopped = new Promise<null>((resolve) => stop.addEventListener('abort', () => resolve(null), { once: true }));
    const ready = this.#devices.ready(choice).then(() => this.#devices.resolve(choice));
    return Promise.race([ready, stopped]);
  }

  /** A run in float16 that has come to a device without it goes on in float32, and says so. */
  async #fitPrecision(runId: string, provider: Provider): Promise<void> {
    const { config } = this.#context.store.runs.get(runId)!;
    const device = (await this.#devices.list()).devices.find((item) => item.provider === provider);
    if (config.precision === 'float32' || mayComputeHalf(provider, device)) return;
    this.#describer.update(runId, { config: { ...config, precision: 'float32' }, error: precisionNotice(provider) });
  }

  #tell(runId: string, doing: Reason): void {
    this.#describer.setActivity(runId, { ...said(doing), fraction: 0, etaSeconds: null });
    this.#describer.announce(runId);
  }
}
