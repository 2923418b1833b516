/**
 * The checkpoint of a frozen encoder: the ONNX file itself as one tensor of bytes in a safetensors file, with the form
 * and what every checkpoint says of itself in the metadata. So it is kept, held, listed, compared with its checksum and
 * found again as any other.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { RunConfig } from '../../../shared/config.ts';
import type { CheckpointReport } from '../../../shared/contract/report.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { FrozenEncoder } from '../../../shared/frozen.ts';
import { readConfig, RecordError, recordVersion } from '../../../shared/records.ts';
import { parseHead, readHead } from '../../../shared/safetensors.ts';
import { writeSafetensors } from '../../export/index.ts';
import { checksum, openGiven } from '../../files/index.ts';
import { TrainerError } from '../errors.ts';

const FORMAT = 'lookalike-frozen-1';
const TENSOR = 'onnx';
/** Name of the only checkpoint of such a run. */
export const frozenName = 'step-000000000.safetensors';

const Facts = z.object({
  version: z.int().min(1),
  runId: z.string(),
  config: RunConfig,
  step: z.literal(0),
  epoch: z.literal(0),
  images: z.int(),
  trainingSeconds: z.literal(0),
  knn: z.null(),
  agreement: z.null(),
  finished: z.literal(true),
  encoder: FrozenEncoder,
});

export interface Frozen {
  config: RunConfig;
  encoder: FrozenEncoder;
  model: Uint8Array;
}

/** @throws FileError write-failed */
export async function writeFrozen(
  path: string,
  { config, encoder, model }: Frozen,
  { runId, images }: { runId: string; images: number },
): Promise<CheckpointReport> {
  const rest = { step: 0, epoch: 0, knn: null, agreement: null } as const;
  const facts = JSON.stringify({
    ...{ version: recordVersion, runId, config, ...rest },
    ...{ images, trainingSeconds: 0, finished: true, encoder },
  } satisfies z.input<typeof Facts>);
  await mkdir(dirname(path), { recursive: true });
  await writeSafetensors(path, new Map([[TENSOR, { shape: [model.length], data: model }]]), {
    format: FORMAT,
    facts,
    checksums: JSON.stringify({ facts: checksum(facts), onnx: checksum(model) }),
  });
  const { size: bytes } = await stat(path);
  return { file: path, bytes, hasOptimizerState: false, kept: 'final', ...rest };
}

/** Whether a checkpoint holds a frozen encoder; what else is wrong with it is for who reads it. */
export async function isFrozen(path: string): Promise<boolean> {
  try {
    const file = await openGiven(path);
    try {
      return (await readHead(file)).metadata['format'] === FORMAT;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** @throws TrainerError bad-checkpoint, RecordError newer-record */
export async function readFrozen(path: string): Promise<Frozen> {
  let damaged: string | null = null;
  try {
    const bytes = await readFile(path);
    const { entries, metadata, start } = parseHead(bytes, bytes.length);
    const entry = entries.find(({ name }) => name === TENSOR)!;
    const model = bytes.subarray(start + entry.begin, start + entry.end);
    const text = String(metadata['facts']);
    const sums = z.object({ facts: z.string(), onnx: z.string() }).parse(JSON.parse(String(metadata['checksums'])));
    if (checksum(text) !== sums.facts) damaged = 'facts';
    else if (checksum(model) !== sums.onnx) damaged = TENSOR;
    if (damaged === null) {
      const { version, config, ...facts } = JSON.parse(text) as { version: number; config: unknown };
      const { encoder } = Facts.omit({ config: true, version: true }).parse(facts);
      return { config: readConfig(config, version), encoder, model };
    }
  } catch (error) {
    if (error instanceof RecordError) throw error;
    throw new TrainerError('bad-checkpoint.unusable', { file: basename(path), detail: reasonOf(error) }, { path });
  }
  throw new TrainerError('bad-checkpoint.damaged', { file: basename(path), part: damaged });
}
