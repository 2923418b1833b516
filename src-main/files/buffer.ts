/** Bytes as a Buffer, whose readers and searches Uint8Array lacks, where they lie and without a copy. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
