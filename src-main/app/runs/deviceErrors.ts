/**
 * What ends a run through no fault of its own: the device ran out of memory, was lost, hung or took the process down.
 * Such a run is interrupted and can be resumed; its error says what to do.
 */
import type { Provider, WireError } from '../../../shared/contract.ts';
import { reasonOf, wireError } from '../../../shared/errors.ts';
import { reason } from '../../../shared/reason.ts';
import { deviceErrorCodes, smallerBatch } from '../../../shared/deviceFailure.ts';
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
  if (failure === 'memory') {
    const suggestion = smallerBatch(batchSize);
    const why = reason('out-of-device-memory.batch', { device: provider, batch: batchSize, suggestion });
    const details = { device: provider, batchSize, suggestion, setting: 'batchSize', reason: error.message };
    return wireError('OutOfDeviceMemoryError', why, details);
  }
  const why = reason('device-crashed.run', { detail: reasonOf(error), device: provider });
  return wireError('DeviceCrashedError', why, { device: provider, how });
}

/** What a run in float16 says that goes on where there is none. */
export const precisionNotice = (provider: Provider): WireError =>
  wireError('PrecisionNotice', reason('float32-instead.device', { device: provider }));

/** What a run that goes on after its device ran out of memory says meanwhile. */
export function restartNotice(error: WireError, epoch: number): WireError {
  const known = error.details as { device: string; suggestion: number };
  const { device, suggestion } = known;
  const values = { device, suggestion, epoch: Number(epoch.toFixed(2)) };
  return wireError(error.name, reason('restarted-after-memory.epoch', values), { ...known, epoch: values.epoch });
}
