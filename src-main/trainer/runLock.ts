/**
 * The lock of a run: held by the process that trains it. The application looks at it before it starts a run again, so
 * that a trainer that outlived a killed application is never joined by a second one.
 */
import { dirname, join } from 'node:path';
import { acquireLock, makeFolder } from '../files/index.ts';
import type { Lock } from '../files/index.ts';
import { TrainerError } from './errors.ts';

/** @throws TrainerError cannot-start when another process holds it */
export function holdRun(runDirectory: string): Lock {
  makeFolder(runDirectory, dirname(runDirectory));
  const lock = acquireLock(join(runDirectory, 'lock'), 5000); // the application may be looking just now
  if (!lock) throw new TrainerError('cannot-start.locked');
  return lock;
}
