/**
 * Loads the TensorFlow that a person has installed beside the application: tfjs-node-gpu, which is no dependency of it
 * (its last release is of October 2024 and carries libtensorflow 2.9 with CUDA 11.2). Of tfjs-node it can only say that
 * it is the processor's.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TENSORFLOW_FOLDER } from '../../../shared/devices.ts';
import { DeviceError } from '../errors.ts';
import type { Tf } from './operations.ts';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** The folder that a person has named, which holds node_modules with it. */
export const namedFolder = (): string | undefined => process.env[TENSORFLOW_FOLDER] || undefined;

/** The TensorFlow in the folder that a person has named, and in no other. @throws DeviceError that says what is missing. */
export async function loadTensorFlow(): Promise<Tf> {
  const named = namedFolder();
  const failures: string[] = [];
  restoreRemovedFunction();
  for (const name of named === undefined ? [] : PACKAGES) {
    const require = createRequire(join(named!, 'package.json'));
    let path: string;
    try {
      path = require.resolve(name);
    } catch {
      continue; // not installed there
    }
    try {
      const tf = require(path) as Tf;
      await tf.ready();
      if (onGraphicsCard(tf)) return tf;
      failures.push(`${name} computes on the processor`);
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  const where = named === undefined ? '' : ` in ${named}`;
  const values = { where, package: PACKAGES[0] };
  if (failures.length === 0) throw new DeviceError('bad-device.no-tensorflow', values);
  throw new DeviceError('bad-device.broken-tensorflow', { ...values, detail: failures.join('; ') });
}

/** tfjs-node's backend knows; tfjs-node-gpu without a card it can use computes on the processor in silence. */
const onGraphicsCard = (tf: Tf): boolean => (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;

/** tfjs-node calls a function that Node 23 removed from its util module. */
function restoreRemovedFunction(): void {
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
