/**
 * The computing thread of a trainer whose graphics card is a double: the processor under another name, with a fault.
 * The fault is in the environment of the process, FAULT_IN_SELF_TEST and FAULT_IN_RUN: `wrong`, `hang`, `crash`, `lost`,
 * `memory` or `missing` (FAULT_OF_PROCESSOR: the processor's in its self-tests), with `@N` from the Nth step of the process on, and with `@N once FILE` only while FILE is absent.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { RunConfig } from '../../shared/config.ts';
import { DeviceError } from '../../src-main/engine/index.ts';
import type { State } from '../../src-main/engine/index.ts';
import { onnxRuntime } from '../../src-main/trainer/backend.ts';
import type { Backend, Training } from '../../src-main/trainer/backend.ts';
import { computeJobs } from '../../src-main/trainer/thread.ts';

/** As onnxruntime 1.30 words it. */
const words = {
  lost: 'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.',
  memory:
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1] against { binding: 1, visibility: ShaderStage::Compute }.',
};

let steps = 0;

/** @returns whether the numbers are to be wrong */
function fail(fault: string): boolean {
  const [, what = '', from = '1', file] = /^(\w+)(?:@(\d+))?(?: once (.+))?$/.exec(fault) ?? [];
  if (what === '' || steps < Number(from) || (file !== undefined && existsSync(file))) return false;
  if (file !== undefined) writeFileSync(file, '');
  if (what === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // as a native call: for ever
  if (what === 'crash') process.kill(process.pid, 'SIGSEGV');
  if (what === 'lost' || what === 'memory') throw new Error(words[what]);
  return what === 'wrong';
}

const isSelfTest = ({ epochs }: RunConfig) => epochs === 1;

/** A session that computes nothing: each step takes so long and moves every number alike. */
function clockwork(state: State, milliseconds: number, before: () => boolean): Training {
  let moved = 1;
  const step = async () => {
    const wrong = before();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    moved *= wrong ? 1.5 : 1.01;
    return { loss: 0, zStd: 1, gradientNorm: 0, lossScale: 1, skipped: false };
  };
  return {
    step,
    advance: async () => [await step()],
    settle: async () => [],
    readState: async () =>
      new Map(
        [...state].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => moved * x) }]),
      ),
    writeState: () => {},
    close: async () => {},
  };
}

async function training(
  config: RunConfig,
  state: State,
  settings: Parameters<Backend['training']>[2],
): Promise<Training> {
  const onCard = settings.device === 'webgpu';
  const faults = isSelfTest(config)
    ? process.env[onCard ? 'FAULT_IN_SELF_TEST' : 'FAULT_OF_PROCESSOR']
    : onCard && process.env['FAULT_IN_RUN'];
  const fault = faults || '';
  if (fault === 'missing')
    throw new DeviceError(
      'webgpu',
      'webgpu cannot be used here (Failed to get a WebGPU adapter: No supported adapters): choose device cpu',
    );
  const before = () => {
    steps += onCard || fault ? 1 : 0;
    return fail(fault);
  };
  if (isSelfTest(config))
    return clockwork(
      state,
      config.batchSize > 8 ? (onCard ? Number(process.env['STEP_MS'] ?? 10) : 60) : 1,
      before,
    );
  const session = await onnxRuntime.training(config, state, { ...settings, device: 'cpu' });
  return {
    step: async (input) => (before(), session.step(input)),
    advance: async (input) => (before(), session.advance(input)),
    settle: () => session.settle(),
    readState: () => session.readState(),
    writeState: (next) => session.writeState(next),
    close: () => session.close(),
  };
}

computeJobs({
  training,
  encoder: (config, state, settings) => onnxRuntime.encoder(config, state, { ...settings, device: 'cpu' }),
  patience: { first: 60, least: 6, factor: 0 },
});
