/** Disks of their own for tests, in memory or in a file, where the system lets us mount any. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param folder where it is tried, which is made if it is not there */
export function mayMount(folder: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  mkdirSync(folder, { recursive: true });
  const trial = mkdtempSync(join(folder, 'trial-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', trial], { stdio: 'ignore' });
    execFileSync('umount', [trial]);
    return true;
  } catch {
    return false; // in a container without that right
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

export interface Disk {
  /** @param options of mount: another size, read-only */
  remount(options: string): void;
  unmount(): void;
}

/** A disk at `folder`, which is made if it is not there. */
export function mounted(folder: string, size = '512m'): Disk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  return {
    remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, folder]),
    unmount: () => void execFileSync('umount', ['-l', folder]),
  };
}

/** A disk of ext4 in `folder`/disk.img, mounted at `place`: one whose own system can give up writing. */
export function mountedFile(folder: string, place: string): void {
  const image = join(folder, 'disk.img');
  writeFileSync(image, '');
  truncateSync(image, 2 ** 30); // sparse: it takes what is written
  execFileSync('mkfs.ext4', ['-q', image], { stdio: 'ignore' });
  execFileSync('mount', ['-o', 'loop', image, place], { stdio: 'ignore' });
}

/** Takes away what a suite that was killed left mounted there or below, however often. */
export function unmountLeft(folder: string): void {
  const last = () =>
    process.platform === 'linux' &&
    readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1]?.replaceAll('\\040', ' ') ?? '')
      .findLast((place) => place === folder || place.startsWith(`${folder}/`));
  for (let place = last(); place; place = last()) execFileSync('umount', ['-l', place]);
}

/** A folder moved to a disk of its own, which can be taken away from under it and put back. */
export function onDisk(folder: string): { away(): void; back(): void } {
  mounted(`${folder} disk`);
  cpSync(folder, `${folder} disk`, { recursive: true, preserveTimestamps: true });
  renameSync(folder, `${folder} before`);
  mkdirSync(folder); // what is seen of it where its disk is away
  const back = () => void execFileSync('mount', ['--bind', `${folder} disk`, folder]);
  back();
  return { away: () => void execFileSync('umount', ['-l', folder]), back };
}
