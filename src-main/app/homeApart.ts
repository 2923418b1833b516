/**
 * That the home and the photos are apart: nothing is ever written among photos. A home that a person chose is refused
 * inside them; the system's place for it lies in what somebody may well give as a whole (their home directory), and is
 * passed over there by the scan.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { liesIn, realPlace } from '../files/index.ts';
import { AppError } from './errors.ts';
import { isBegun, ownPlaces, photoIn, systemHome } from './paths.ts';

/**
 * What lies in the home without being the application's own is a folder like any other: the sample photos, and what a
 * person put there.
 * @param folder of photos
 * @throws AppError bad-folder
 */
export function assertApart(folder: string, home: string): void {
  if (liesIn(home, folder)) {
    if (liesIn(folder, home)) throw new AppError('bad-folder.is-home', { folder });
    if (realPlace(home) !== realPlace(systemHome())) throw new AppError('bad-folder.holds-home', { folder, home });
  }
  if (ownPlaces(home).some((own) => liesIn(folder, own))) throw new AppError('bad-folder.home', { folder });
}

/**
 * A home is kept from others (home.ts), and files come and go in it: a folder that has become one for good is taken as
 * it is, any other only where that harms nobody.
 * @throws AppError bad-folder where it has photos in it, or is for everybody, as a temporary folder or a whole disk
 */
export function assertOwnFolder(home: string): void {
  if (isBegun(home)) return;
  if (process.platform !== 'win32' && (dirname(home) === home || isForAll(home)))
    throw new AppError('bad-folder.shared-home', { home });
  const file = photoIn(home);
  if (file !== null) throw new AppError('bad-folder.photos-home', { home, file });
}

/** Whether everybody may make files in it, and take away their own alone, and somebody has: a new disk may be so too. */
function isForAll(folder: string): boolean {
  try {
    return (statSync(folder).mode & 0o1000) !== 0 && readdirSync(folder).length > 0;
  } catch {
    return false; // not there, or closed, which opening it says
  }
}
