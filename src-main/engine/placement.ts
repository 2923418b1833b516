/**
 * Where the nodes of a training step are computed and what they take, by the runtime's own profile of a few steps: the
 * report to read when a device is slower than it should be. A node that falls back to the processor takes its inputs
 * from the device and back, and the device waits.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { elements } from './graph.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { encodeModel } from './onnx/schema.ts';
import { keptOnDevice, keepsState, stateOf, trainingProgram } from './training-program.ts';

export interface Operator {
  operator: string;
  provider: string;
  /** Nodes in a step. */
  nodes: number;
  /**
   * Time of a step in all of these nodes. On CPU what they compute; with another provider what the host took to hand
   * them over, unless `kernels` says that the device's own times are known.
   */
  milliseconds: number;
}

/** A program that the device ran. */
export interface Program {
  /** The operator, and of its programs which, where there are several: 'ReduceSum/Transpose'. */
  program: string;
  /** How often it runs in a step. */
  dispatches: number;
  /** Time of a step in all of them, by the device's clock. */
  milliseconds: number;
}

export interface Placement {
  operators: Operator[];
  /** Where the provider tells (WebGPU), the dearest first; else empty. */
  programs: Program[];
  /** Nodes that another provider than the device's computes, and copies between the two, by operator. */
  fallback: Operator[];
  /** Of a step, in milliseconds: the whole, what the device computed (where its provider tells), and the host's part. */
  step: number;
  kernels: number | null;
  host: number;
}

const PROVIDERS: Readonly<Record<string, string>> = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  dml: 'DmlExecutionProvider',
  cuda: 'CUDAExecutionProvider',
};

/** Profiles `steps` steps of `config` on counted numbers, after one that compiles. @throws DeviceError */
export async function stepPlacement(config: RunConfig, settings: SessionSettings = {}, steps = 2): Promise<Placement> {
  const folder = await mkdtemp(join(tmpdir(), 'lookalike-profile-'));
  try {
    const { program, outputs } = await trainingProgram(config, settings, config.batchSize);
    const session = await openSession(encodeModel(program), settings, {
      graphOptimizationLevel: 'all',
      enableProfiling: true,
      profileFilePrefix: join(folder, 'step'),
      ...(keepsState(settings.device) ? keptOnDevice(outputs) : {}),
    });
    try {
      const feeds: Record<string, OrtTensor> = {};
      for (const value of session.inputMetadata) {
        const shape = value.isTensor ? value.shape.map(Number) : [];
        feeds[value.name] = new OrtTensor(
          'float32',
          Float32Array.from({ length: elements(shape) }, (_, i) => 0.01 * ((i % 17) + 1)),
          shape,
        );
      }
      for (let i = 0; i <= steps; i++) {
        for (const [name, tensor] of Object.entries(await session.run(feeds))) {
          const fed = stateOf(name);
          if (fed !== undefined && tensor.location === 'gpu-buffer') {
            feeds[fed]!.dispose(); // as a run does: what a step leaves on the device feeds the next
            feeds[fed] = tensor;
          } else tensor.dispose();
        }
      }
      for (const tensor of Object.values(feeds)) tensor.dispose();
      session.endProfiling();
    } finally {
      await session.release();
    }
    const [file] = await readdir(folder);
    return summarize(
      JSON.parse(await readFile(join(folder, file!), 'utf8')) as ProfileEvent[],
      settings.device ?? 'cpu',
      steps,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What of the runtime's profile is read; durations in microseconds. */
export interface ProfileEvent {
  cat: string;
  name: string;
  ts: number;
  dur: number;
  args?: { op_name?: string; provider?: string };
}

/** The profile of one step more than `steps`, of which the first is left out. */
export function summarize(events: readonly ProfileEvent[], device: string, steps: number): Placement {
  const runs = events.filter((e) => e.cat === 'Session' && e.name === 'model_run');
  const from = runs[0]!.ts + runs[0]!.dur;
  const counted = events.filter((e) => e.ts >= from);
  const operators = new Map<string, Operator>();
  for (const { cat, name, dur, args } of counted) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const { op_name: operator = '', provider = '' } = args ?? {};
    const key = `${operator} ${provider}`;
    const row = operators.get(key) ?? { operator, provider, nodes: 0, milliseconds: 0 };
    operators.set(key, { ...row, nodes: row.nodes + 1 / steps, milliseconds: row.milliseconds + dur / 1000 / steps });
  }
  const rows = [...operators.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  const ofDevice = counted.filter((e) => e.cat === 'Api'); // a program of the WebGPU provider, timed by the device
  const programs = new Map<string, Program>();
  for (const { name, dur } of ofDevice) {
    const [, operator, part] = name.split('&'); // node & operator & program
    const program = operator === part || part === undefined ? (operator ?? name) : `${operator}/${part}`;
    const row = programs.get(program) ?? { program, dispatches: 0, milliseconds: 0 };
    programs.set(program, {
      program,
      dispatches: row.dispatches + 1 / steps,
      milliseconds: row.milliseconds + dur / 1000 / steps,
    });
  }
  const total = (list: readonly { dur: number }[]) => list.reduce((sum, e) => sum + e.dur, 0) / 1000 / steps;
  return {
    operators: rows,
    programs: [...programs.values()].sort((a, b) => b.milliseconds - a.milliseconds),
    fallback: rows.filter((row) => row.provider !== PROVIDERS[device] || row.operator.startsWith('Memcpy')),
    step: total(runs.slice(1)),
    kernels: ofDevice.length > 0 ? total(ofDevice) : null,
    host: rows.reduce((sum, row) => sum + row.milliseconds, 0),
  };
}
