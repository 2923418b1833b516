/**
 * That the home and the photos are apart: nothing is ever written among photos. A home that a person chose is refused
 * inside them; the system's place for it lies in what somebody may well give as a whole (their home directory), and is
 * passed over there by the scan.
 */
import { argumentsOf } from '../../shared/errors.ts';
import { liesIn, realPlace } from '../files/index.ts';
import { AppError } from './errors.ts';
import { homeRefusal } from './homeRefusal.ts';
import { ownPlaces, systemHome } from './paths.ts';

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
 * A home that is about to be begun where homeRefusal.ts allows none is refused before anything is made there.
 * @throws AppError bad-folder
 */
export function assertOwnFolder(home: string): void {
  const refused = homeRefusal(home);
  if (refused) throw new AppError(...argumentsOf(refused));
}
