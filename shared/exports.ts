/**
 * The formats of exports, one row each: the command line, the window and the contract read them. The work, what reads
 * it back and the lines that load it elsewhere are src-main/export/formats/<id>.ts; name and sentence are `format.<id>`
 * in the catalogues.
 */
import type { RunConfig } from './config.ts';
import { channelsOf } from './input.ts';
import type { Reason } from './contract/wire.ts';
import type { KeyOf } from './errors.ts';
import { reason } from './reason.ts';

type Backbone = RunConfig['backbone'];
/** The settings of a run that say which network it is. */
type NetworkOf = Pick<RunConfig, 'backbone' | 'input'> & {
  /** An encoder from elsewhere, which is the file it came as. */
  frozen?: boolean;
};

interface ExportFormatRow {
  id: string;
  /** A file of the encoder itself, or of what it makes of the photos of a folder. */
  kind: 'encoder' | 'embeddings';
  /** Every file that it may write, relative to the export's folder; the encoder's formats share a model card. */
  files: readonly string[];
  /** Whether it is written where no format is asked for. */
  usual?: true;
  /** Why this network cannot be had in it: a sentence of the catalogue of errors. Null: it can. */
  hindrance?(config: NetworkOf): Reason<KeyOf<'unsupported'>> | null;
}

/** Whether torchvision and timm have this very network: full width, ImageNet stem, images of three channels. */
export const isStandardNetwork = ({ backbone, input }: NetworkOf): boolean =>
  isStandardResNet(backbone) && channelsOf({ input }) === 3;

/** Whether torchvision, timm and Detectron2 have this very network: full width, ImageNet stem. */
const isStandardResNet = ({ width, stem }: Pick<Backbone, 'width' | 'stem'>): boolean =>
  width === 1 && stem === 'imagenet';

const rows = [
  { id: 'onnx', kind: 'encoder', files: ['encoder.onnx', 'README.md'], usual: true },
  {
    id: 'safetensors',
    kind: 'encoder',
    files: ['model.safetensors', 'config.json', 'load.py', 'readout.safetensors', 'README.md'],
    usual: true,
  },
  {
    id: 'detectron2',
    kind: 'encoder',
    files: ['detectron2.pkl', 'README.md'],
    hindrance: ({ backbone: { width, stem }, input }) => {
      if (channelsOf({ input }) !== 3) return reason('unsupported.detectron2-bands', { bands: channelsOf({ input }) });
      if (isStandardResNet({ width, stem })) return null;
      return width === 1 ? reason('unsupported.detectron2-stem') : reason('unsupported.detectron2-width', { width });
    },
  },
  { id: 'npy', kind: 'embeddings', files: ['embeddings.npy', 'images.csv'], usual: true },
  { id: 'csv', kind: 'embeddings', files: ['embeddings.csv'], usual: true },
  { id: 'parquet', kind: 'embeddings', files: ['embeddings.parquet'] },
  { id: 'arrow', kind: 'embeddings', files: ['embeddings.arrow'] },
  { id: 'jsonl', kind: 'embeddings', files: ['embeddings.jsonl'] },
  {
    id: 'projector',
    kind: 'embeddings',
    files: ['tensors.tsv', 'metadata.tsv', 'projector_config.pbtxt', 'sprite.png'].map((name) => `projector/${name}`),
  },
] as const satisfies readonly ExportFormatRow[];

type Row = (typeof rows)[number];
export type ExportFormat = Row['id'];
export type EncoderFormat = Extract<Row, { kind: 'encoder' }>['id'];
export type EmbeddingFormat = Extract<Row, { kind: 'embeddings' }>['id'];

export const exportFormats: readonly (ExportFormatRow & { id: ExportFormat })[] = rows;
const idsOf = (kind: Row['kind']) => exportFormats.filter((row) => row.kind === kind).map(({ id }) => id);

export const encoderFormats = idsOf('encoder') as EncoderFormat[];
export const embeddingFormats = idsOf('embeddings') as EmbeddingFormat[];
export const isEncoderFormat = (format: ExportFormat): format is EncoderFormat =>
  encoderFormats.some((name) => name === format);

/** What is written of a kind where nothing is asked for. */
export const usualFormats = (kind: Row['kind']): ExportFormat[] =>
  exportFormats.filter((row) => row.kind === kind && row.usual).map(({ id }) => id);

/** Every file that an export in these formats may write, relative to its folder. */
export const exportedFiles = (formats: readonly ExportFormat[]): string[] => [
  ...new Set(exportFormats.filter(({ id }) => formats.includes(id)).flatMap(({ files }) => files)),
];

export function hindranceOf(format: ExportFormat, config: NetworkOf) {
  if (config.frozen) return isEncoderFormat(format) && format !== 'onnx' ? reason('unsupported.frozen') : null;
  return exportFormats.find(({ id }) => id === format)!.hindrance?.(config) ?? null;
}
