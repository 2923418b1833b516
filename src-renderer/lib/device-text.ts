/** How a choice of device reads in a list of choices. */
import type { Devices } from '../state/devices.svelte.ts';
import type { I18n } from '../state/i18n.svelte.ts';

export const deviceChoices = ['auto', 'cpu', 'webgpu', 'dml', 'cuda'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

/** What automatic stands for, and a device with its name where this machine has it. */
export function deviceText(i18n: I18n, devices: Devices, choice: DeviceChoice): string {
  if (choice === 'auto')
    return devices.known
      ? i18n.t('device.autoIs', { device: i18n.t(`device.${devices.known.auto}`) })
      : i18n.t('device.auto');
  const name = devices.get(choice)?.name;
  return name ? `${i18n.t(`device.${choice}`)}: ${name}` : i18n.t(`device.${choice}`);
}
