/**
 * The devices of this machine: found once, tested when something depends on it, remembered in the history by what the
 * outcome depends on (device, driver, runtime), offered when they passed. Which one 'auto' is: shared/devices.ts.
 */
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import type { RunConfig } from '../../../shared/config.ts';
import type { Device, Devices as DevicesAnswer, Provider, SelfTest } from '../../../shared/contract.ts';
import { deviceErrorCodes } from '../../../shared/deviceFailure.ts';
import { chooseAuto, isCandidate, isOffered } from '../../../shared/devices.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { viewsBy } from '../../../shared/plan.ts';
import { noViews, TENSORFLOW_VARIABLE, viewsRefusal } from '../../../shared/views.ts';
import type { TestedDevice } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { TaskControl } from '../tasks.ts';
import { catalogue } from './catalogue.ts';
import type { Found } from './catalogue.ts';
import { readGraphics } from './gpus.ts';
import { selfTest, selfTestSeconds } from './selfTest.ts';

export interface DeviceOptions {
  /** What there is; the operating system is asked unless a test says. */
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
  readonly #runtime = runtimeVersion();
  readonly #testing = new Set<Provider>();
  #found: Promise<Found[]> | null = null;
  /** Tests go one after the other: they would disturb each other. */
  #last: Promise<void> = Promise.resolve();

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
    for (const device of devices) {
      const wanted = providers?.includes(device.provider) ?? true;
      if (wanted && (again || device.test === null || device.testing)) await this.#queue(device, again);
    }
    return this.list();
  }

  /** Sees to it that what this choice depends on has been tested. On a machine without a graphics card there is nothing. */
  async ready(choice: RunConfig['device']): Promise<void> {
    await this.idle();
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
      notice(`the device ${choice} cannot be used here: the photos are embedded on the processor`);
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
      throw new AppError('cannot-start', viewsRefusal(why, device?.name ?? provider), {
        setting: 'viewsBy',
        suggestion: 'auto',
      });
    const facts = { device: provider, noViews: why, deviceMemoryBytes: device?.memoryBytes };
    const auto = config.viewsBy === 'auto' && viewsBy(config, facts) === 'device';
    return {
      ...job,
      config: { ...config, device: provider, viewsBy: auto ? 'auto' : viewsBy(config, facts) },
    };
  }

  /** It failed at work: before it is used again it has to pass again. */
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

  #key({ provider, name, driver }: Found): TestedDevice {
    return { provider, device: name, driver: driver ?? '', runtime: this.#runtime };
  }

  #queue(device: Found, again: boolean): Promise<void> {
    const work = async () => {
      if (this.#context.closing.aborted) return;
      const { selfTests } = this.#context.store;
      const key = this.#key(device);
      if (!again && selfTests.get(key) !== null) return; // tested while this waited
      this.#testing.add(device.provider);
      selfTests.begin(key);
      try {
        await this.#tell();
        const result = await selfTest(this.#context, device.provider, this.#limit);
        if (result) selfTests.end(key, result);
        else selfTests.forget(key);
      } finally {
        this.#testing.delete(device.provider);
      }
      if (!this.#context.closing.aborted) await this.#tell();
    };
    return (this.#last = this.idle().then(work));
  }

  async #tell(): Promise<void> {
    this.#context.events.emit({ name: 'devices', ...(await this.list()) });
  }

  /** Resolves when no test runs any more. */
  idle(): Promise<void> {
    return this.#last.catch(() => {});
  }
}

const findDevices = async (): Promise<Found[]> =>
  catalogue({
    platform: process.platform,
    arch: process.arch,
    processor: cpus()[0]?.model.trim() || `${process.arch} processor`,
    memoryBytes: totalmem(),
    graphics: await readGraphics(),
  });

function runtimeVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('onnxruntime-node/package.json') as { version: string }).version;
}

/** Whether CUDA is a TensorFlow that the person has installed. */
export const usesTensorFlow = (): boolean => process.env[TENSORFLOW_VARIABLE] !== undefined;

const refusal = (choice: Provider, device: Device | undefined): AppError =>
  new AppError('device-unavailable', unavailable(choice, device), {
    device: choice,
    setting: 'device',
    suggestion: 'cpu',
  });

/** Why a named device cannot be used, and what to do. */
export function unavailable(choice: Provider, device: Device | undefined): string {
  const why = !device
    ? 'this machine has none'
    : device.test
      ? selfTestSentence(device.test)
      : 'it has not been tested yet';
  return `the device ${choice} cannot be used: ${why}; choose device auto or cpu, or see 'lookalike doctor'`;
}
