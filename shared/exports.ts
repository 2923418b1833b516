/** What can be exported, and which programs have the network that is. Writing the files is src-main/export's. */
import type { RunConfig } from './config.ts';

/** Files of the encoder itself. */
export const encoderFormats = ['onnx', 'safetensors', 'detectron2'] as const;
export type EncoderFormat = (typeof encoderFormats)[number];
export const isEncoderFormat = (format: string): format is EncoderFormat =>
  encoderFormats.some((name) => name === format);

/** Files of what it makes of the photos of a folder. */
export const embeddingFormats = ['npy', 'csv', 'parquet', 'projector'] as const;
export type EmbeddingFormat = (typeof embeddingFormats)[number];

/** Whether torchvision, timm and Detectron2 have this very network: full width, ImageNet stem. */
export const isStandardResNet = ({ width, stem }: Pick<RunConfig['backbone'], 'width' | 'stem'>): boolean =>
  width === 1 && stem === 'imagenet';
