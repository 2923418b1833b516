/**
 * A disk that never answers, as a share whose server is gone: a file system in user space that nobody speaks for. It
 * takes Linux and root, and answers with an error after a minute whatever happens, so that no test hangs on it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const isMounted = (place: string): boolean =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ').slice(1, 3).join(' ') === `${place} fuse`);

/**
 * Mounts one over a folder. @returns what takes it away: who waits for it is answered with an error
 * @throws where none can be mounted
 */
export async function mountDead(place: string): Promise<() => void> {
  if (process.platform !== 'linux') throw new Error('a dead disk takes Linux');
  const device = openSync('/dev/fuse', 'r+');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const script = `mount -i -t fuse none "$1" -o ${options} && exec sleep 60`;
  const child = spawn('/bin/sh', ['-c', script, 'sh', place], { stdio: ['ignore', 'ignore', 'ignore', device] });
  closeSync(device); // that of the other process alone keeps it waiting
  while (!isMounted(place)) {
    if (child.exitCode !== null) throw new Error(`nothing can be mounted: mount gave ${child.exitCode}`);
    await sleep(5);
  }
  return () => {
    execFileSync('umount', ['-l', place]);
    child.kill('SIGKILL');
  };
}

/** Why none can be mounted here, or null. */
export async function whyNoDeadDisk(): Promise<string | null> {
  const place = mkdtempSync(join(tmpdir(), 'lookalike-dead-'));
  try {
    (await mountDead(place))();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
