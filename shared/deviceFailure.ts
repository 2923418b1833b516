/**
 * What ONNX Runtime, Dawn, CUDA and Direct3D say when a device gives up, recognised by their words: they reach us as the
 * message of an error or as the last lines of a process. The texts are those of onnxruntime 1.30; where each comes from
 * stands beside it.
 */
import { batchBelow } from './numbers.ts';

/** Codes of errors that end a run by no fault of its own: the device gave up, and the run can go on elsewhere. */
export const deviceErrorCodes: ReadonlySet<string> = new Set([
  'out-of-device-memory',
  'device-lost',
  'device-hung',
  'device-crashed',
  'device-failed',
  'device-unavailable',
  'bad-device',
]);

/** 'memory': the device's memory ran out; 'lost': it was removed, reset or crashed. */
export type DeviceFailure = 'memory' | 'lost';

const memory = [
  /VK_ERROR_OUT_OF_(DEVICE|HOST)_MEMORY/, // Dawn on Vulkan, CheckVkOOMThenSuccess
  /Allocation size too large/, // Dawn, AllocateResourceHeap
  /Buffer size \(\d+\) exceeds the max buffer size limit/, // Dawn, Device.CreateBuffer
  /\[Invalid Buffer[^\]]*\] is invalid due to a previous error/, // Dawn, whatever follows an allocation that failed
  /Failed to allocate memory for requested buffer/, // onnxruntime, BFCArena
  /BFC Arena ran out of memory/,
  /CUDA(_| )(error|failure|ERROR|FAILURE)[^\n]*(2: |out of memory|OUT_OF_MEMORY)/, // onnxruntime, CudaCall
  /(CUBLAS|CUDNN)_STATUS_(ALLOC_FAILED|INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)/,
  /8007000E|E_OUTOFMEMORY/i, // DirectML
  /MTLCommandBufferErrorOutOfMemory|Insufficient Memory \(00000008/, // Metal
  /WebGPU device error\(\d+\): [^\n]*out of memory/i,
];

const lost = [
  /WebGPU device lost/, // onnxruntime, webgpu_context.cc
  /\[?Device[^\n\]]*\]? is lost\b/, // Dawn
  /VK_ERROR_DEVICE_LOST/,
  /device (was |is |has been )?(lost|removed|hung)/i,
  /887A000[567]|887A0020|DXGI_ERROR_(DEVICE_REMOVED|DEVICE_HUNG|DEVICE_RESET|DRIVER_INTERNAL_ERROR)/i,
  /GPU device instance has been suspended/, // what 887A0005 says
  /CUDA(_| )(error|failure|ERROR|FAILURE)[^\n]*(46|700|702|704|709|710|715|716|717|718|719|999): /, // sticky errors: the context is gone
  /unspecified launch failure|illegal memory access|launch timed out/,
];

/** Null: not the device's doing, as far as these words say. Loss goes first: memory that runs out is often its echo. */
export function deviceFailure(text: string): DeviceFailure | null {
  if (lost.some((pattern) => pattern.test(text))) return 'lost';
  if (memory.some((pattern) => pattern.test(text))) return 'memory';
  return null;
}

/** The batch to try where one was too large for a device: at most half of it. */
export const smallerBatch = (batchSize: number): number => batchBelow(batchSize / 2);
