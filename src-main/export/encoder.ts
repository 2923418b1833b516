/** The trained encoder as files for other programs, one format after another, and a model card beside them. */
import { join } from 'node:path';
import type { EncoderFormat } from '../../shared/exports.ts';
import { hasReadout } from '../engine/index.ts';
import { makeFolder, writeFileAtomic } from '../files/index.ts';
import { modelCard } from './card.ts';
import { preprocessingOf } from './preprocessing.ts';
import { addFile, emptyReport } from './report.ts';
import type { ExportReport } from './report.ts';
import { encoderWriter, writeFormat } from './work.ts';
import type { EncoderWork } from './work.ts';

export interface EncoderExport extends Omit<EncoderWork, 'preprocessing'> {
  /** Made when absent. */
  directory: string;
  formats: readonly EncoderFormat[];
  /** Facts for the model card, by name; nested objects become sections. */
  card: Record<string, unknown>;
}

/**
 * Writes the encoder in each format, and the model card. Reports what could be written, and why the rest could not.
 * @throws FileError write-failed where the folder cannot be made
 */
export async function exportEncoder({ formats, card, ...given }: EncoderExport): Promise<ExportReport> {
  const { config, directory } = given;
  const work = { ...given, preprocessing: preprocessingOf(config) };
  const report = emptyReport();
  makeFolder(directory);
  for (const format of formats)
    await writeFormat(report, format, directory, async () => (await encoderWriter(format, config))(work));
  if (report.files.length === 0) return report;
  const { preprocessing } = work;
  await writeFileAtomic(
    join(directory, 'README.md'),
    modelCard({ config, preprocessing, snippets: report.snippets, facts: card, whitened: hasReadout(given.state) }),
  );
  await addFile(report, directory, 'README.md', 'card');
  return report;
}
