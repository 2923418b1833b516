/**
 * Which folders can become a home. One rule for every host: the desktop shell, which makes folders of its own there
 * before the application starts, asks it without loading a database.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reason } from '../../shared/contract/wire.ts';
import { reason } from '../../shared/reason.ts';
import { isBegun, photoIn } from './paths.ts';

/** SQLite opens no path of more than 504 bytes, and the copies of the history have the longest names of what it opens. */
const LONGEST = 460;

type HomeRefusal = `bad-folder.${'shared-home' | 'photos-home' | 'home-name' | 'home-long'}`;

/**
 * Why a folder cannot become a home, or null. A home is kept from others (home.ts), and files come and go in it: a
 * folder that has become one for good is taken as it is, any other only where that harms nobody, so none with photos in
 * it and none for everybody, as a temporary folder or a whole disk; nor one whose database could not be opened, or whose
 * name did not come through as it is.
 */
export function homeRefusal(home: string): Reason<HomeRefusal> | null {
  if (isBegun(home)) return null;
  if (home.includes('\ufffd')) return reason('bad-folder.home-name', { home });
  const bytes = Buffer.byteLength(home);
  if (process.platform !== 'win32' && bytes > LONGEST)
    return reason('bad-folder.home-long', { home, bytes, most: LONGEST });
  if (process.platform !== 'win32' && (dirname(home) === home || isForAll(home)))
    return reason('bad-folder.shared-home', { home });
  const file = photoIn(home);
  return file === null ? null : reason('bad-folder.photos-home', { home, file });
}

/** Whether everybody may make files in it, and take away their own alone, and somebody has: a new disk may be so too. */
function isForAll(folder: string): boolean {
  try {
    return (statSync(folder).mode & 0o1000) !== 0 && readdirSync(folder).length > 0;
  } catch {
    return false; // not there, or closed, which opening it says
  }
}
