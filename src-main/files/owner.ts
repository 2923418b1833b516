/** Whose something is that a process leaves in a folder which others use as well: by its computer and its number there. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { errnoOf } from './errors.ts';

const computer = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** That of this process, as `ownerForm` has it. */
export const ownerName = (): string => `${computer}-${process.pid}`;
export const ownerForm = /[0-9a-f]{8}-\d+/;

/** Whether an owner may be at work still: of another computer's nobody knows. */
export function mayBeAlive(owner: string): boolean {
  const [of, pid] = owner.split('-');
  return of !== computer || isAlive(Number(pid));
}

/** Whether a process of this computer is there; it may be another that has its number by now. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'; // another user's, say
  }
}
