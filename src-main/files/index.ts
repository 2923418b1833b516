/** What every other part uses of files: how they are written, locked, named while they are written, and checked. */
export { readArrays, writeArrays } from './arrays.ts';
export { moveInto, setAside, writeFileAtomic, writeFileAtomicSync, writeStreamAtomic } from './atomic.ts';
export { deviceOf, isThere, placeOf } from './asked.ts';
export { checksum, crcAfter, crcText } from './checksum.ts';
export { errnoOf, FileError, writeFailed } from './errors.ts';
export { fillSync } from './fill.ts';
export { makeFolder } from './folder.ts';
export {
  TooLongError,
  answered,
  checkGiven,
  endProcess,
  isBeside,
  openGiven,
  piecesGiven,
  readGiven,
} from './given.ts';
export { markIn, markOf, readLines, writeLines } from './lines.ts';
export { acquireLock, assertOpen, isLocked } from './lock.ts';
export type { Lock } from './lock.ts';
export { claimFolder } from './manifest.ts';
export type { Claim } from './manifest.ts';
export { freeMemory } from './memory.ts';
export { nameOfBytes, systemPath } from './names.ts';
export { isLoopback, isOffline } from './offline.ts';
export { checkNpy, npyHeader, npyTrailer, readNpyLayout } from './npy.ts';
export { isAlive } from './owner.ts';
export { identityOf, isInside, liesIn, personsFolder, realPlace } from './place.ts';
export { programAt } from './program.ts';
export { readRecord, writeRecord } from './record.ts';
export { isTemporary, removeOwnTemporaryFiles, removeTemporaryFiles, temporaryName } from './temporary.ts';
export { askThread } from './thread.ts';
