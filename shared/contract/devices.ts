/** The devices a run can train on, and what their self-test said. Detected is not the same as working. */
import { z } from 'zod';
import { call, nothing } from './wire.ts';

/** ONNX Runtime's execution providers, as a run's `device` names them. */
export const Provider = z.enum(['cpu', 'webgpu', 'dml', 'cuda']);
export type Provider = z.infer<typeof Provider>;

const values = z.record(z.string(), z.union([z.number(), z.string()]));

/** A self-test's end; its sentence is the message `selfTest.<outcome>` with these values. */
export const SelfTest = z.object({
  outcome: z.enum([
    'passed',
    'wrongNumbers',
    'timedOut',
    'crashed',
    /** No driver that the provider can use, its libraries are not installed, or it cannot be started for another reason. */
    'noDriver',
    'noLibraries',
    'missing',
    'failed',
  ]),
  /** When it ended, ms since 1970. */
  at: z.number(),
  /** One step of the small network after warm-up, ms; null where it did not get so far. */
  stepMilliseconds: z.number().nullable(),
  /** One step of the network that devices are compared by, ms; null where the small one was far slower than the processor. */
  speedMilliseconds: z.number().nullable(),
  /** Whether it computes in float16; undefined where that was not tried. */
  float16: z.boolean().optional(),
  values,
  /**
   * Whether it makes the views of photos as the processor does; its sentence is the message `selfTest.views.<outcome>`.
   * Null where that was not tried: only WebGPU is asked, when its step passed. An outcome without this key is one that
   * an earlier version remembered: it is not read, and the device tested anew.
   */
  views: z.object({ outcome: z.enum(['passed', 'wrong', 'failed']), values }).nullable(),
});
export type SelfTest = z.infer<typeof SelfTest>;

export const Device = z.object({
  provider: Provider,
  /** The maker's name for the device: NVIDIA GeForce RTX 4070. */
  name: z.string(),
  /** 'software': a processor that pretends to be a graphics card; never chosen by 'auto'. */
  kind: z.enum(['processor', 'discrete', 'integrated', 'software', 'unknown']),
  /** The device's own memory; null where it shares the computer's or none is reported. */
  memoryBytes: z.number().nullable(),
  driver: z.string().nullable(),
  /** The last self-test; null where it was never tested with this driver and this runtime. */
  test: SelfTest.nullable(),
  testing: z.boolean(),
});
export type Device = z.infer<typeof Device>;

export const Devices = z.object({
  devices: z.array(Device),
  /** What 'auto' stands for: the fastest that passed and outruns the processor, else the processor. */
  auto: Provider,
});
export type Devices = z.infer<typeof Devices>;

export const deviceCalls = {
  /** The devices of this machine and what is known of them; tests nothing. */
  'system.devices': call(nothing, Devices),
  /**
   * Tests the devices that were never tested, with `again` all; `provider`: that one alone. A device whose test took
   * its process down is only tested again with `again`.
   */
  'system.testDevices': call(
    z.strictObject({ provider: Provider.nullable().default(null), again: z.boolean().default(false) }),
    Devices,
  ),
} as const;
