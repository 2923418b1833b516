/** Where values lie in the memory of a WebAssembly kernel that this thread has for itself. */
import { PAGE } from '../files/webAssembly.ts';

/** What a kernel exports as its memory. */
export interface GrowingMemory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** First address that regions may take: below it the compiler may keep data of its own. */
const FIRST_FREE = 1024;
/** The kernels read and write whole vectors, so each region has this many bytes of slack behind it. */
const SLACK = 64;

/** Hands out addresses one behind the other, each region with its slack. */
export class Regions {
  end = FIRST_FREE;

  add(bytes: number): number {
    const address = this.end;
    this.end += (bytes + SLACK + 15) & ~15;
    return address;
  }
}

/** Makes room for addresses below `end`. @returns whether the memory grew, with which views of it die */
export function growTo(memory: GrowingMemory, end: number): boolean {
  const missing = end - memory.buffer.byteLength;
  if (missing <= 0) return false;
  memory.grow(Math.ceil(missing / PAGE));
  return true;
}
