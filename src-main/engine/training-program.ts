/** The step of a configuration as an ONNX program for a device, and which of its outputs are the state. */
import type { InferenceSession } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { DeviceError } from './errors.ts';
import { channelBlock, isOneBlock } from './channel-block.ts';
import type { Tensor } from './graph.ts';
import { computesHalf } from './half.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import type { LoweringOptions, Program } from './onnx/lowering.ts';
import { withMetricRing } from './metric-ring.ts';
import { imageLayout } from './session.ts';
import type { SessionSettings } from './session.ts';
import { nextName, trainingGraph } from './training-graph.ts';
import type { TrainingGraph } from './training-graph.ts';

/** Only WebGPU's buffers can be bound from Node: with CUDA and DirectML the state goes to the card and back in each step. */
export const keepsState = (device: SessionSettings['device']): boolean => device === 'webgpu';

/** Whether parameters are moved where they lie, once a step has been computed (moves.ts): where that is the memory that it is computed in. */
export const movesHere = (device: SessionSettings['device'] = 'cpu'): boolean => device === 'cpu';

/** Leaves the state on the device. */
export const keptOnDevice = (outputs: ReadonlyMap<string, unknown>): InferenceSession.SessionOptions => ({
  preferredOutputLocation: Object.fromEntries(
    [...outputs.keys()].map((name) => [name, isState(name) ? 'gpu-buffer' : 'cpu'] as const),
  ),
});

/**
 * The step of `config` for a device, for so many photos where its method keeps something for each.
 * @throws DeviceError when the device cannot compute in the precision asked for
 */
export async function trainingProgram(
  config: RunConfig,
  settings: SessionSettings,
  images?: number,
): Promise<Pick<TrainingGraph, 'entries' | 'moves'> & { program: Program; outputs: ReadonlyMap<string, Tensor> }> {
  const options = await loweringFor(config, settings);
  const graph = trainingGraph(config, {
    images,
    stacked: isOneBlock(config, options.channelBlock ?? 0),
    leavesMoves: movesHere(settings.device),
  });
  const outputs = keepsState(settings.device) ? withMetricRing(graph) : graph.outputs;
  const lowering = new OnnxLowering(options);
  return { program: lowering.program('training-step', outputs), entries: graph.entries, outputs, moves: graph.moves };
}

async function loweringFor(config: RunConfig, settings: SessionSettings): Promise<LoweringOptions> {
  const { device = 'cpu', graphics = device !== 'cpu', images = imageLayout(device) } = settings;
  const half = config.precision === 'float16';
  if (half && !graphics) throw new DeviceError('bad-device.processor-float16');
  if (half && device !== 'cpu' && !(await computesHalf(settings)))
    throw new DeviceError('bad-device.float16', { device });
  return { images, graphics, half, channelBlock: images === 'pixels' ? await channelBlock() : 0 };
}

/** Whether an output is a tensor of the state after the step. */
export const isState = (output: string): boolean => output.startsWith(nextName(''));

/** The input that an output of the state is fed to in the next step; undefined of a metric. */
export const stateOf = (output: string): string | undefined =>
  isState(output) ? output.slice(nextName('').length) : undefined;
