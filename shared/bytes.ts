/** The bytes of numbers where they lie, without a copy. */
export const bytesOf = <Memory extends ArrayBufferLike>({
  buffer,
  byteOffset,
  byteLength,
}: ArrayBufferView<Memory>): Uint8Array<Memory> => new Uint8Array(buffer, byteOffset, byteLength);
