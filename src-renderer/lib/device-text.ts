/** How a choice of device reads in a list of choices. */
import type { Devices } from '../state/devices.svelte.ts';
import type { I18n } from '../state/i18n.svelte.ts';

export const deviceChoices = ['auto', 'cpu', 'webgpu', 'dml', 'cuda'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

/**
 * For `auto` the device that it stands for; else the device, its name and memory where this machine has it, and in a
 * word why it cannot be chosen.
 */
export function deviceText(i18n: I18n, devices: Devices, choice: DeviceChoice): string {
  if (choice === 'auto')
    return devices.known
      ? i18n.t('device.autoIs', { device: i18n.t(`device.${devices.known.auto}`) })
      : i18n.t('device.auto');
  const device = devices.get(choice);
  const problem = deviceProblem(devices, choice);
  // The computer's own memory says nothing of a processor among cards.
  const memory = device && choice !== 'cpu' && device.memoryBytes !== null && i18n.bytes(device.memoryBytes);
  return [
    device ? `${i18n.t(`device.${choice}`)}: ${device.name}` : i18n.t(`device.${choice}`),
    ...(memory ? [i18n.t('device.memory', { memory })] : []),
    ...(problem ? [i18n.t(`device.problem.${problem}`)] : []),
  ].join(' · ');
}

/** Why a device cannot be chosen; null where it can be, or where nothing is known yet. */
function deviceProblem(devices: Devices, choice: DeviceChoice): 'absent' | 'testing' | 'untested' | 'failed' | null {
  if (devices.canChoose(choice)) return null;
  const device = devices.get(choice);
  if (!device) return 'absent';
  if (device.testing) return 'testing';
  return device.test === null ? 'untested' : 'failed';
}

/** Each device of this machine that failed its self-test or has had none, and why, in whole sentences. */
export const deviceProblems = (i18n: I18n, devices: Devices): { device: string; why: string }[] =>
  devices.list.flatMap(({ provider, name, test }) => {
    const problem = deviceProblem(devices, provider);
    if (problem === null || problem === 'testing') return [];
    const why = test ? i18n.t(`selfTest.${test.outcome}`, test.values) : i18n.t('device.untested');
    return [{ device: `${i18n.t(`device.${provider}`)}, ${name}`, why }];
  });
