/** Files that other programs open: weights, embeddings, and the one way Lookalike writes any file. */
export { ExportError } from './errors.ts';
export { TEMPORARY_ENDING, writeFileAtomic, writeStreamAtomic } from './atomic.ts';
export { decodeSafetensors, encodeSafetensors, floatTensors, writeSafetensors } from './safetensors.ts';
export type { Tensor } from './safetensors.ts';
export { decodeNpy, encodeNpy, readNpy, readNpyLayout, writeNpy, writeNpyRows } from './npy.ts';
export type { NpyArray, NpyLayout } from './npy.ts';
export { readCsv, writeCsv } from './csv.ts';
export { writeParquet } from './parquet.ts';
export { writeProjector } from './projector.ts';
export { exportEmbeddings } from './embeddings.ts';
export type { EmbeddingTable } from './table.ts';
export { exportEncoder } from './encoder.ts';
export type { EncoderExport } from './encoder.ts';
export { preprocessingOf } from './preprocessing.ts';
export type { Preprocessing } from './preprocessing.ts';
export type { ExportReport } from './report.ts';
