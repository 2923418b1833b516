/** The devices a run can train on. */
export { Devices, processorRefusal } from './devices.ts';
export type { DeviceOptions } from './devices.ts';
export type { Found } from './catalogue.ts';
