/** How much memory is free. */
import { freemem } from 'node:os';

/** Bytes that programs can take; what is not taken at all where the system hides how much could be had, and Node says 0. */
export const freeMemory = (): number => process.availableMemory() || freemem();
