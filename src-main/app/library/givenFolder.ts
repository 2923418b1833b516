/** The folder of photos that a person named. */
import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isInside, nameOfBytes, realPlace, systemPath } from '../../files/index.ts';
import { AppError } from '../errors.ts';
import { assertApart } from '../homeApart.ts';

/**
 * Where it really lies: found at once, so that commands take effect in the order in which they were given.
 * @throws AppError bad-folder
 */
export function realFolder(folder: string, home: string): string {
  const real = placeOnDisk(folder);
  // that of a camera's card is none
  if (dirname(real) === real && isInside(realPlace(home), real))
    throw new AppError('bad-folder.root', { folder: real });
  assertApart(real, home);
  return real;
}

function placeOnDisk(folder: string): string {
  try {
    const real = realpathSync(systemPath(folder), { encoding: 'buffer' });
    if (statSync(real).isDirectory()) return nameOfBytes(real);
  } catch (error) {
    const { code: errno, message } = error as NodeJS.ErrnoException;
    if (errno === 'ENOENT') throw new AppError('bad-folder.missing', { folder });
    throw new AppError('bad-folder.closed', { folder, errno: errno ?? message });
  }
  throw new AppError('bad-folder.file', { folder });
}
