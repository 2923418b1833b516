/** Where a path leads, and whether that lies in a folder. */
import { realpathSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join, parse, relative, sep } from 'node:path';
import { systemPath } from './names.ts';

/**
 * The person's folder: HOME where it names one, as an empty or relative one would be wherever a command is given. The
 * root, as containers have it, where the system knows nobody of this number.
 */
export function personsFolder(): string {
  try {
    return isAbsolute(homedir()) ? homedir() : userInfo().homedir;
  } catch {
    return parse(process.cwd()).root;
  }
}

/** The path with the symbolic links in it followed, as far as it exists. */
export function realPlace(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return dirname(path) === path ? path : join(realPlace(dirname(path)), basename(path));
  }
}

/** Whether `path` is `folder` or lies in it; both as realPlace gives them. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** What tells a folder from every other on this computer, whatever it is called; null where that cannot be told. */
export function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(systemPath(path), { bigint: true });
    return ino === 0n ? null : `${dev}:${ino}`;
  } catch {
    return null; // not there, or closed
  }
}

/**
 * Whether `path` is `folder` or lies in it, or will where it is not there yet. Told by what the folders are, so that no
 * symbolic link, other case or second mount hides it.
 */
export function liesIn(path: string, folder: string): boolean {
  const [real, place] = [realPlace(path), realPlace(folder)];
  if (isInside(real, place)) return true;
  const wanted = identityOf(folder);
  for (let at = real; wanted !== null; at = dirname(at)) {
    if (identityOf(at) === wanted) return true;
    if (dirname(at) === at) break;
  }
  return false;
}
