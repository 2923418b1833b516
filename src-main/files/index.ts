/** The floor below everybody: how files are written, locked, named while they are written, and checked. */
export { moveFolder, writeFileAtomic, writeFileAtomicSync, writeStreamAtomic } from './atomic.ts';
export { errnoOf, FileError, writeFailed } from './errors.ts';
export { makeFolder } from './folder.ts';
export { acquireLock, isLocked } from './lock.ts';
export type { Lock } from './lock.ts';
export { npyHeader, parseNpyHeader, readNpyLayout } from './npy.ts';
export type { NpyLayout } from './npy.ts';
export { isTemporary, removeTemporaryFiles } from './temporary.ts';
