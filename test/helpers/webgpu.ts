/** For files that open several sessions of WebGPU. */
import { afterAll, beforeAll } from 'vitest';
import type { InferenceSession } from 'onnxruntime-node';
import { Graph } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { scale } from '../../src-main/engine/ops/index.ts';
import { openSession } from '../../src-main/engine/session.ts';

/**
 * Holds a session of WebGPU as long as the file is tested: with its last session the provider throws away the programs
 * that it compiled, which on software Vulkan is most of what a test takes.
 */
export function holdPrograms(available: boolean): void {
  let holding: InferenceSession | undefined;
  beforeAll(async () => {
    if (!available) return;
    const graph = new Graph();
    const doubled = scale(graph.input('x', [1]), 2);
    const model = new OnnxLowering().model('holding', new Map([['doubled', doubled]]));
    holding = await openSession(model, { device: 'webgpu' });
  });
  afterAll(() => holding?.release());
}
