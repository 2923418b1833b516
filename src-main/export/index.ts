/** Files that other programs open: weights and embeddings. */
export { decodeSafetensors, encodeSafetensors, floatTensors, writeSafetensors } from './safetensors.ts';
export { encodeNpy, readNpy, writeNpy, writeNpyRows } from './npy.ts';
export { readCsv, writeCsv } from './csv.ts';
export { exportEmbeddings } from './embeddings.ts';
export { exportEncoder } from './encoder.ts';
export { exportFrozen, exportFrozenCard } from './frozen.ts';
export { preprocessingOf } from './preprocessing.ts';
export type { ExportReport } from './report.ts';
export type { Place } from './table.ts';
export { chosenVectors, openVectors } from './vectors.ts';
export type { Vectors } from './vectors.ts';
