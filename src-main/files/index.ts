/** What every other part uses of files: how they are written, locked, named while they are written, and checked. */
export { readArrays, writeArrays } from './arrays.ts';
export { moveInto, setAside, writeFileAtomic, writeFileAtomicSync, writeStreamAtomic } from './atomic.ts';
export { checksum, crcAfter } from './checksum.ts';
export { errnoOf, FileError } from './errors.ts';
export { fillSync } from './fill.ts';
export { makeFolder } from './folder.ts';
export { answered, endProcess, openGiven, readGiven } from './given.ts';
export { markIn, markOf, readLines, writeLines } from './lines.ts';
export { acquireLock, isLocked } from './lock.ts';
export type { Lock } from './lock.ts';
export { claimFolder } from './manifest.ts';
export type { Claim } from './manifest.ts';
export { nameOfBytes, systemPath } from './names.ts';
export { isOffline } from './offline.ts';
export { checkNpy, npyHeader, npyTrailer, readNpyLayout } from './npy.ts';
export { isInside, realPlace } from './place.ts';
export { readRecord, writeRecord } from './record.ts';
export { isTemporary, removeTemporaryFiles, temporaryName } from './temporary.ts';
