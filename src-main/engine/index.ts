/**
 * The engine: a run's configuration becomes one training step that the ONNX runtime computes. Knows nothing of
 * files, data or runs.
 */
export {
  edgeNumbers,
  edgesDim,
  Encoder,
  encoderModel,
  ENLARGED,
  featureDim,
  hasReadout,
  ENCODED_AT_ONCE,
  stagesDim,
} from './encoder.ts';
export type { Embedding, EncoderSettings } from './encoder.ts';
export { FrozenNetwork, pooledSize, poolsShape } from './frozen.ts';
export type { Feeding, RawOutput } from './frozen.ts';
export { withWeights } from './onnx/inline.ts';
export type { Place } from './onnx/inline.ts';
export { readOnnx, withMetadata } from './onnx/reader.ts';
export type { OnnxFacts, OnnxValueFacts } from './onnx/reader.ts';
export { DeviceError, ShapeError, StateError } from './errors.ts';
export { normal } from './random.ts';
export { LinearProbe } from './linear-probe.ts';
export { computesHalf } from './half.ts';
export { estimateMemory } from './memory.ts';
export { backendOf, createTraining } from './backends.ts';
export type { Training } from './backend.ts';
export { stepPlacement } from './placement.ts';
export type { Placement } from './placement.ts';
export type { Device, SessionSettings } from './session.ts';
export { DEVICES, sleeping } from './session.ts';
export type { State, TensorData } from './state.ts';
export { TrainingSession } from './training.ts';
export type { StepInput, StepMetrics, TrainingSettings } from './training.ts';
export type { ViewGraphShape } from './views/graph.ts';
export { makeViews } from './views/maker.ts';
export { encodeModel } from './onnx/schema.ts';
export type { OnnxNode } from './onnx/schema.ts';
export type { PhotoBatch } from './views/maker.ts';
export { unfoldBackbone } from './unfold.ts';
export { forgetPhotos, initialState, loadBackbone, photosOf, trainingEntries } from './weights.ts';
