/**
 * Images in chunks (OME-Zarr, N5), which are folders: told by their name or by the file at their top, so that a scan
 * names one rather than walk through its thousands of chunks. They are not read.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemPath } from '../files/index.ts';

export const isZarrName = (name: string): boolean => /\.(zarr|ngff|n5)$/i.test(name);

/** Of these a folder has one, whatever it is called. */
const HEADS = ['zarr.json', '.zgroup', '.zarray'];

export async function isZarrFolder(folder: string): Promise<boolean> {
  if (isZarrName(folder)) return true;
  const heads = HEADS.map((name) => stat(systemPath(join(folder, name))).catch(() => null));
  return (await Promise.all(heads)).some((found) => found !== null);
}
