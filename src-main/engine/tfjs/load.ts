/**
 * Finds the TensorFlow that a person has installed beside the application: tfjs-node-gpu or tfjs-node, which are no
 * dependencies of it (their last release is of October 2024 and carries libtensorflow 2.9 with CUDA 11.2).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TENSORFLOW_VARIABLE as VARIABLE } from '../../../shared/views.ts';
import { DeviceError } from '../errors.ts';
import type { Device } from '../session.ts';
import type { Tf } from './operations.ts';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Whether a device is TensorFlow's: CUDA, where a person has named its folder. */
export const usesTensorFlow = (device: Device | undefined): boolean => device === 'cuda' && process.env[VARIABLE] !== undefined;

export interface TensorFlowFound {
  /** Whether it could be loaded; what it is, or what is missing and what to do. */
  available: boolean;
  detail: string;
}

/** For the list of devices. */
export async function findTensorFlow(): Promise<TensorFlowFound> {
  try {
    const tf = await loadTensorFlow();
    return { available: true, detail: `TensorFlow.js ${tf.version_core}, backend ${tf.getBackend()}` };
  } catch (error) {
    return { available: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** @throws DeviceError that says what is missing. */
export async function loadTensorFlow(): Promise<Tf> {
  const places = [process.env[VARIABLE], process.cwd(), import.meta.dirname].filter((place) => place !== undefined);
  const failures: string[] = [];
  restoreRemovedFunction();
  for (const name of PACKAGES)
    for (const place of places) {
      const require = createRequire(join(place, 'package.json'));
      let path: string;
      try {
        path = require.resolve(name);
      } catch {
        continue; // not installed there
      }
      try {
        const tf = require(path) as Tf;
        await tf.ready();
        return tf;
      } catch (error) {
        failures.push(`${name} in ${place}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      }
    }
  const why = failures.length > 0 ? `it is installed but does not load (${failures.join('; ')}): it needs CUDA 11.2 and cuDNN 8.1` : 'it is not installed';
  throw new DeviceError('tensorflow', `TensorFlow cannot be used here, ${why}. Install ${PACKAGES[0]} in a folder of your own and name it in ${VARIABLE}, or choose another device`);
}

/** tfjs-node calls a function that Node 23 removed from its util module. */
function restoreRemovedFunction(): void {
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
