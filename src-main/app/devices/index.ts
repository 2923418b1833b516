/** The devices a run can train on. */
export { Devices, usesTensorFlow } from './devices.ts';
export type { DeviceOptions } from './devices.ts';
