/**
 * What ends a run through no fault of its own: the device ran out of memory, was lost, hung or took the process down.
 * Such a run is interrupted and can be resumed; its error says what to do.
 */
import type { Provider, WireError } from '../../../shared/contract.ts';
import { deviceErrorCodes } from '../../../shared/deviceFailure.ts';
import type { DeviceFailure } from '../../../shared/deviceFailure.ts';
import type { JobEnd } from '../compute/process.ts';

export const isDeviceError = (error: WireError): boolean => deviceErrorCodes.has(error.code);

export const ranOutOfMemory = (end: JobEnd): end is Extract<JobEnd, { type: 'failed' }> =>
  end.type === 'failed' && end.error.code === 'out-of-device-memory';

/** How many steps the trainer had done when memory ran out, where it could still tell. */
export function stepsBefore({ details }: WireError): number | null {
  const { steps } = (details ?? {}) as { steps?: unknown };
  return typeof steps === 'number' ? steps : null;
}

/** The end of a process that trained on a graphics card, as the device's doing; other errors as they are. */
export function crashOf(error: WireError, provider: Provider, batchSize: number): WireError {
  if (error.code !== 'compute-failed') return error;
  const { signal, code, failure } = (error.details ?? {}) as {
    signal?: string | null;
    code?: number | null;
    failure?: DeviceFailure | null;
  };
  const how = signal ?? `exit code ${code ?? 'unknown'}`;
  const remedy = 'resume from the last checkpoint, or go on with device cpu';
  if (failure === 'memory') {
    const suggestion = smallerBatch(batchSize);
    return {
      name: 'OutOfDeviceMemoryError',
      code: 'out-of-device-memory',
      message: `the device ${provider} ran out of memory with a batch of ${batchSize}: close other programs that use it, start a run with batchSize ${suggestion}, or go on with device cpu`,
      details: { device: provider, batchSize, suggestion, setting: 'batchSize', reason: error.message },
    };
  }
  return {
    name: 'DeviceCrashedError',
    code: 'device-crashed',
    message: `${error.message}; it trained on the device ${provider}: ${remedy}; where it happens again, its driver wants an update`,
    details: { device: provider, how },
  };
}

/** Half, as a power of two. */
const smallerBatch = (batchSize: number): number => Math.max(4, 2 ** Math.floor(Math.log2(Math.max(1, batchSize / 2))));

/** What a run in float16 says that goes on where there is none. */
export const precisionNotice = (provider: Provider): WireError => ({
  name: 'PrecisionNotice',
  code: 'float32-instead',
  message: `the device ${provider} has no float16: training goes on in float32`,
  details: { device: provider },
});

/** What a run that goes on after its device ran out of memory says meanwhile. */
export function restartNotice(error: WireError, epoch: number): WireError {
  const details = { ...(error.details as Record<string, unknown>), epoch: Number(epoch.toFixed(2)) };
  const { device, suggestion } = details as unknown as { device: string; suggestion: number };
  return {
    name: error.name,
    code: 'restarted-after-memory',
    message: `the device ${device} ran out of memory; training went on from the checkpoint of epoch ${details.epoch}. If it happens again: close other programs that use it, or start a run with batchSize ${suggestion}`,
    details,
  };
}
