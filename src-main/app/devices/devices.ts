/**
 * The devices of this machine: found once, tested when something depends on it, remembered in the history by what the
 * outcome depends on (device, driver, runtime), offered when they passed. Which one 'auto' is: shared/devices.ts.
 */
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { RunConfig } from '../../../shared/config.ts';
import type { Device, Devices as DevicesAnswer, JobDevice, Provider, SelfTest } from '../../../shared/contract.ts';
import { deviceErrorCodes } from '../../../shared/deviceFailure.ts';
import { chooseAuto, isCandidate, isInconclusive, isOffered, TENSORFLOW_FOLDER } from '../../../shared/devices.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { viewsBy } from '../../../shared/plan/memory.ts';
import { argumentsOf } from '../../../shared/errors.ts';
import { noViews, viewsRefusal } from '../../../shared/views.ts';
import { reason } from '../../../shared/reason.ts';
import type { TestedDevice } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { TaskControl } from '../tasks.ts';
import { catalogue } from './catalogue.ts';
import type { Found } from './catalogue.ts';
import { readGraphics } from './gpus.ts';
import { selfTest, selfTestSeconds, selfTestVersion } from './selfTest.ts';

export interface DeviceOptions {
  /** Finds the devices there are; default: asks the operating system. */
  find?: () => Promise<Found[]>;
  /** Most that one self-test may take. */
  selfTestSeconds?: number;
}

/** Its test began and nothing came after: it took the program or the whole machine with it. */
const unfinished: SelfTest = {
  outcome: 'crashed',
  at: 0,
  stepMilliseconds: null,
  speedMilliseconds: null,
  views: null,
  values: { how: 'unfinished', reason: 'the last test was never finished' },
};

export class Devices {
  readonly #context: AppContext;
  readonly #find: () => Promise<Found[]>;
  readonly #limit: number;
  /** What an outcome depends on besides the device: the runtime, and what the test asks. */
  readonly #runtime = `${runtimeVersion()}, test ${selfTestVersion}`;
  readonly #testing = new Set<Provider>();
  #found: Promise<Found[]> | null = null;
  readonly #opened = Date.now();
  /** The tests that wait and the one that runs. */
  readonly #queued = new Set<Promise<void>>();

  constructor(context: AppContext, options: DeviceOptions = {}) {
    this.#context = context;
    this.#find = options.find ?? findDevices;
    this.#limit = options.selfTestSeconds ?? selfTestSeconds;
  }

  async list(): Promise<DevicesAnswer> {
    const found = await (this.#found ??= this.#find());
    const devices = found.map((device) => this.#describe(device));
    return { devices, auto: chooseAuto(devices) };
  }

  /** Tests `providers`, all unless told: those never tested, or with `again` every one. */
  async test(again: boolean, providers?: readonly Provider[]): Promise<DevicesAnswer> {
    if (again) this.#found = null; // a card may have come or gone
    const { devices } = await this.list();
    const wanted = devices.filter(
      (device) =>
        (providers?.includes(device.provider) ?? true) && (again || device.testing || this.#isUntested(device)),
    );
    await Promise.all(wanted.map((device) => this.#queue(device, again)));
    return this.list();
  }

  /** Sees to it that what this choice depends on has been tested. On a machine without a graphics card there is nothing. */
  async ready(choice: RunConfig['device']): Promise<void> {
    const { devices } = await this.list();
    if (choice !== 'auto') return void (choice !== 'cpu' && (await this.test(false, [choice])));
    const candidates = devices.filter(isCandidate).map(({ provider }) => provider);
    if (candidates.length > 0) await this.test(false, ['cpu', ...candidates]);
  }

  /**
   * The device that a choice stands for.
   * @throws AppError device-unavailable where it is not there or did not pass
   */
  async resolve(choice: RunConfig['device']): Promise<Provider> {
    const { devices, auto } = await this.list();
    if (choice === 'auto') return auto;
    const device = devices.find(({ provider }) => provider === choice);
    if (device && isOffered(device)) return choice;
    throw refusal(choice, device);
  }

  /**
   * Sees to it that a run can be given this device; beside a training nothing is tested, it is when the run's turn comes.
   * @throws AppError device-unavailable where it is not there or did not pass
   */
  async allow(choice: RunConfig['device'], busy: boolean): Promise<void> {
    if (!busy) await this.ready(choice);
    if (choice === 'auto') return;
    const device = (await this.list()).devices.find(({ provider }) => provider === choice);
    if (!device || (device.test !== null && !isOffered(device))) throw refusal(choice, device);
  }

  /**
   * Work that every device does alike, such as embedding: on the run's where it is offered, else on the processor. One
   * that fails at it has to pass its self-test again, so that the next attempt does not meet it.
   */
  async tryOn<T>(
    config: RunConfig,
    { notice }: Pick<TaskControl, 'notice'>,
    work: (config: RunConfig) => Promise<T>,
  ): Promise<T> {
    const { device: choice } = config;
    if (choice === 'auto' || choice === 'cpu') return work(config);
    const device = (await this.list()).devices.find(({ provider }) => provider === choice);
    if (!device || !isOffered(device)) {
      notice(reason('doing.on-processor', { device: choice }));
      return work({ ...config, device: 'cpu' });
    }
    try {
      return await work(config);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (deviceErrorCodes.has(code) || code === 'compute-failed') await this.forget(choice);
      throw error;
    }
  }

  /**
   * What a run computes on the device that it was given: with that device, and with who makes its views. 'auto' is left
   * where the device may make them, for the trainer to decide when it knows the photos.
   * @throws AppError cannot-start where the device is told to make views and makes none that are right
   */
  async settle<T extends { config: RunConfig }>(job: T, provider: Provider): Promise<T> {
    const { config } = job;
    const device = (await this.list()).devices.find((item) => item.provider === provider);
    const why = noViews(provider, device, usesTensorFlow());
    if (config.viewsBy === 'device' && why !== undefined)
      throw new AppError(...argumentsOf(viewsRefusal(why, device?.name ?? provider)), {
        setting: 'viewsBy',
        suggestion: 'auto',
      });
    const facts = { device: provider, noViews: why, deviceMemoryBytes: device?.memoryBytes };
    const auto = config.viewsBy === 'auto' && viewsBy(config, facts) === 'device';
    return { ...job, config: { ...config, device: provider, viewsBy: auto ? 'auto' : viewsBy(config, facts) } };
  }

  /** What the trainer has to know of a provider's device; undefined where there is no such device. */
  async forJob(provider: RunConfig['device']): Promise<JobDevice | undefined> {
    const device = (await this.list()).devices.find((item) => item.provider === provider);
    return device && describeForJob(device);
  }

  /** Forgets the self-test of a device that failed at work: before it is used again it has to pass again. */
  async forget(provider: Provider): Promise<void> {
    const device = (await this.list()).devices.find((item) => item.provider === provider);
    if (!device) return;
    this.#context.store.selfTests.forget(this.#key(device));
    await this.#tell();
  }

  #describe(device: Found): Device {
    const testing = this.#testing.has(device.provider);
    const record = this.#context.store.selfTests.get(this.#key(device));
    return { ...device, test: record === 'unfinished' ? (testing ? null : unfinished) : record, testing };
  }

  /** A processor that was too busy to answer is asked again, by the next start of the application. */
  #isUntested({ provider, test }: Device): boolean {
    return test === null || (provider === 'cpu' && isInconclusive(test) && test.at < this.#opened);
  }

  #key({ provider, name, driver }: Found): TestedDevice {
    return { provider, device: name, driver: driver ?? '', runtime: this.#runtime };
  }

  #queue(device: Found, again: boolean): Promise<void> {
    const work = async () => {
      if (this.#context.closing.aborted) return;
      const { selfTests } = this.#context.store;
      const key = this.#key(device);
      if (!again && !this.#isUntested(this.#describe(device))) return; // tested while this waited
      this.#testing.add(device.provider);
      try {
        selfTests.begin(key);
        await this.#tell();
        const result = await selfTest(this.#context, device.provider, this.#limit);
        if (result) selfTests.end(key, result);
        else selfTests.forget(key);
      } finally {
        this.#testing.delete(device.provider);
      }
      if (!this.#context.closing.aborted) await this.#tell();
    };
    const queued = this.#context.quiet.alone(work);
    this.#queued.add(queued);
    const forget = () => void this.#queued.delete(queued);
    queued.then(forget, forget);
    return queued;
  }

  async #tell(): Promise<void> {
    this.#context.events.emit({ name: 'devices', ...(await this.list()) });
  }

  /** Resolves when no test runs or waits any more. */
  async idle(): Promise<void> {
    while (this.#queued.size > 0) await Promise.allSettled(this.#queued);
  }
}

const findDevices = async (): Promise<Found[]> =>
  catalogue({
    platform: process.platform,
    arch: process.arch,
    processor: cpus()[0]?.model.trim() || `${process.arch} processor`,
    memoryBytes: totalmem(),
    graphics: await readGraphics(),
    tensorFlow: tensorFlow(process.env[TENSORFLOW_FOLDER]),
  });

/**
 * Name and version of the TensorFlow in the folder that a person has named, without the version where none is found
 * there; null where no folder was named. Whether it works is its self-test's to say.
 */
function tensorFlow(folder: string | undefined): string | null {
  if (!folder) return null;
  try {
    const require = createRequire(join(folder, 'package.json'));
    const { version } = require('@tensorflow/tfjs-node-gpu/package.json') as { version: string };
    return `TensorFlow.js ${version}`;
  } catch {
    return 'TensorFlow.js';
  }
}

function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('onnxruntime-node/package.json') as { version: string }).version;
}

/** Whether CUDA is a TensorFlow that the person has installed. */
export const usesTensorFlow = (): boolean => Boolean(process.env[TENSORFLOW_FOLDER]);

/** Why a named device cannot be used, and what to do. */
function refusal(choice: Provider, device: Device | undefined): AppError {
  const details = { device: choice, setting: 'device', suggestion: 'cpu' };
  const why = !device
    ? 'this machine has none'
    : device.test
      ? selfTestSentence(device.test)
      : 'it has not been tested yet';
  return choice === 'cpu' && device?.test
    ? new AppError('device-unavailable.processor', { why }, details)
    : new AppError('device-unavailable.device', { device: choice, why }, details);
}

const describeForJob = ({ name, memoryBytes, test }: Device): JobDevice => ({
  name,
  memoryBytes,
  speedMilliseconds: test?.speedMilliseconds ?? null,
});
