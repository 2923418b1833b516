/**
 * The interface of a format's writer: src-main/export/formats/<id>.ts exports a function `write` of these types, which
 * reads back what it wrote. One format that fails does not take the others along.
 */
import { toWireError } from '../../shared/contract/wire.ts';
import type { RunConfig } from '../../shared/config.ts';
import { argumentsOf } from '../../shared/errors.ts';
import { hindranceOf } from '../../shared/exports.ts';
import type { EmbeddingFormat, EncoderFormat, ExportFormat } from '../../shared/exports.ts';
import type { State } from '../engine/index.ts';
import { ExportError } from './errors.ts';
import type { Preprocessing } from './preprocessing.ts';
import { addFile } from './report.ts';
import type { ExportReport } from './report.ts';
import type { EmbeddingTable } from './table.ts';

/** What a format made: names of files relative to the folder, how each was checked, the lines that load it. */
export interface Written {
  files: string[];
  verified: ExportReport['verified'];
  snippets: Omit<ExportReport['snippets'][number], 'format'>[];
}

export interface EncoderWork {
  config: RunConfig;
  state: State;
  /** A folder that exists. */
  directory: string;
  preprocessing: Preprocessing;
  /** Prepared photos [n, C, H, W] and what the trainer's encoder makes of them [n, D]. */
  samples: { pixels: Float32Array; embeddings: Float32Array };
}

export interface EmbeddingWork {
  /** A folder that exists. */
  directory: string;
  table: EmbeddingTable;
}

export type WriteEncoder = (work: EncoderWork) => Promise<Written>;
export type WriteEmbeddings = (work: EmbeddingWork) => Promise<Written>;

/** Writes one format and adds it to the report, or the reason why it could not be written. */
export async function writeFormat(
  report: ExportReport,
  format: ExportFormat,
  directory: string,
  write: () => Promise<Written>,
): Promise<void> {
  try {
    const { files, verified, snippets } = await write();
    for (const file of files) await addFile(report, directory, file, format);
    report.verified.push(...verified);
    report.snippets.push(...snippets.map((snippet) => ({ format, ...snippet })));
  } catch (error) {
    report.failures.push({ format, error: toWireError(error) });
  }
}

/**
 * The function that writes the encoder in a format. @throws ExportError unsupported where the network cannot be had in
 * it
 */
export async function encoderWriter(
  format: EncoderFormat,
  config: Pick<RunConfig, 'backbone' | 'input'>,
): Promise<WriteEncoder> {
  const hindrance = hindranceOf(format, config);
  if (hindrance) throw new ExportError(...argumentsOf(hindrance));
  return ((await import(`./formats/${format}.ts`)) as { write: WriteEncoder }).write;
}

export const embeddingWriter = async (format: EmbeddingFormat): Promise<WriteEmbeddings> =>
  ((await import(`./formats/${format}.ts`)) as { write: WriteEmbeddings }).write;
