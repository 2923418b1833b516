/** Files that other programs open: weights and embeddings. */
export { ExportError } from './errors.ts';
export { decodeSafetensors, encodeSafetensors, floatTensors, writeSafetensors } from './safetensors.ts';
export type { Tensor } from './safetensors.ts';
export { decodeNpy, encodeNpy, readNpy, writeNpy, writeNpyRows } from './npy.ts';
export type { NpyArray } from './npy.ts';
export { readCsv, writeCsv } from './csv.ts';
export { exportEmbeddings } from './embeddings.ts';
export type { EmbeddingTable } from './table.ts';
export { exportEncoder } from './encoder.ts';
export type { EncoderExport } from './encoder.ts';
export { preprocessingOf } from './preprocessing.ts';
export type { Preprocessing } from './preprocessing.ts';
export type { ExportReport } from './report.ts';
