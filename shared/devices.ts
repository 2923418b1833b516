/**
 * Which device a run may use and which one 'auto' is: pure functions of what was found and how its self-test ended, so
 * that form, command line and application say the same. Finding and testing is the application's.
 */
import type { Device, Provider, SelfTest } from './contract/devices.ts';

/** Environment variable: a folder with a TensorFlow, which then computes what is asked of CUDA. */
export const TENSORFLOW_FOLDER = 'LOOKALIKE_TENSORFLOW';

/** Providers as they call themselves, the same in every language. */
export const deviceNames: Readonly<Record<Provider, string>> = {
  cpu: 'CPU',
  webgpu: 'WebGPU',
  dml: 'DirectML',
  cuda: 'CUDA',
};

/**
 * Whether a failed self-test says nothing against the processor: a busy machine may run out of time, and one short of
 * memory may end the test's process.
 */
export const isInconclusive = (test: SelfTest): boolean => test.outcome === 'timedOut' || test.outcome === 'crashed';

/**
 * Whether a device is offered: one whose self-test passed. The processor is offered as long as nothing is known against
 * it.
 */
export const isOffered = ({ provider, test }: Device): boolean =>
  test?.outcome === 'passed' || (provider === 'cpu' && (test === null || isInconclusive(test)));

/** Whether a run in float16 can be tried on it: where it is not known, the run finds out. */
export const mayComputeHalf = (provider: Provider, device: Device | undefined): boolean =>
  provider !== 'cpu' && device?.test?.float16 !== false;

/** Whether 'auto' would take it if it passes and is fast. */
export const isCandidate = ({ provider, kind }: Device): boolean => provider !== 'cpu' && kind !== 'software';

/** How fast it trains beside the processor: 2 is twice as fast; null where either was not measured. */
export function speedup(device: Device, devices: readonly Device[]): number | null {
  const cpu = devices.find(({ provider }) => provider === 'cpu')?.test?.speedMilliseconds ?? null;
  const own = device.test?.speedMilliseconds ?? null;
  return cpu === null || own === null || own <= 0 ? null : cpu / own;
}

/** The fastest device that passed and outruns the processor, else the processor. */
export function chooseAuto(devices: readonly Device[]): Provider {
  let best: { provider: Provider; speed: number } = { provider: 'cpu', speed: 1 };
  for (const device of devices) {
    const speed = isCandidate(device) && isOffered(device) ? speedup(device, devices) : null;
    if (speed !== null && speed > best.speed) best = { provider: device.provider, speed };
  }
  return best.provider;
}

/** A full ResNet-18 at 128 px is a matter of days on it. A graphics card that is slower than the processor is no help. */
export function isSlow(provider: Provider, devices: readonly Device[]): boolean {
  if (provider === 'cpu') return true;
  const device = devices.find((item) => item.provider === provider);
  return !device || !isCandidate(device) || (speedup(device, devices) ?? 0) < 1.5;
}
