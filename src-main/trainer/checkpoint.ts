/**
 * Checkpoint files: all named state as safetensors, with what is needed to continue exactly as JSON in the metadata.
 * Written atomically, read newest valid first, thinned by the rule of retention.ts. What is inside the state is the
 * engine's matter.
 */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Baselines } from '../../shared/baselines.ts';
import { RunConfig } from '../../shared/config.ts';
import type { CheckpointReport } from '../../shared/contract/report.ts';
import { EpochMetrics } from '../../shared/metricRows.ts';
import { readConfig, RecordError, recordVersion, upgradeRecord } from '../../shared/records.ts';
import type { Fields } from '../../shared/records.ts';
import { readHead } from '../../shared/safetensors.ts';
import { isForTraining } from '../../shared/stateNames.ts';
import type { State } from '../engine/index.ts';
import { decodeSafetensors, floatTensors, writeSafetensors } from '../export/index.ts';
import { KeyedError, reasonOf } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import { FileError, checksum, makeFolder, readGiven, setAside } from '../files/index.ts';
import { TrainerError } from './errors.ts';
import { retain } from './retention.ts';
import type { Stored } from './retention.ts';
import { bytesOf } from '../../shared/bytes.ts';

const FORMAT = 'lookalike-checkpoint-1';

const Count = z.int().min(0);
const Segment = z.object({ start: Count, steps: z.int().min(1), peak: z.number().min(0), warmupSteps: Count });

export const CheckpointFacts = z.object({
  /** By whose rules these facts, the settings and the row in them are written: shared/records.ts. */
  version: z.int().default(1),
  runId: z.string(),
  config: RunConfig,
  /** Steps done; the next step to compute has this number. */
  step: Count,
  /** Epochs done, and steps done of the one begun. */
  epoch: z.number(),
  stepInEpoch: z.int(),
  schedule: z.object({
    stepsPerEpoch: z.int().min(1),
    segments: z.array(Segment).min(1),
    timed: Count.optional(),
    pace: z.object({ stepsPerEpoch: z.int().min(1), offset: z.int() }).optional(),
  }),
  /** Photos trained on: their number and a hash over their ids, for a resume to notice that they changed. */
  images: z.int(),
  imagesHash: z.string(),
  /** Seconds of training, pauses left out. */
  trainingSeconds: z.number(),
  knn: z.number().nullable(),
  agreement: z.number().nullable(),
  /** What the run is compared with; null where it was not measured, as by older versions. */
  baselines: Baselines.nullable().default(null),
  finished: z.boolean(),
  /** Sums over the steps since the last row of the history, so that the next row is the same after a resume. */
  sinceRow: z.object({
    steps: z.int(),
    loss: z.number(),
    lossMin: z.number().nullable(),
    lossMax: z.number().nullable(),
    zStd: z.number(),
  }),
  /** The last row, for a history that was cut off before it was stored. */
  lastRow: EpochMetrics.nullable(),
});
export type CheckpointFacts = z.infer<typeof CheckpointFacts>;

export interface CheckpointFile {
  path: string;
  facts: CheckpointFacts;
  hasOptimizerState: boolean;
  bytes: number;
  strippedBytes: number;
}

/** A bit of the file has changed since it was written. */
class DamagedCheckpointError extends KeyedError<'bad-checkpoint.damaged'> {
  override readonly name = 'DamagedCheckpointError';
  constructor(path: string, part: string) {
    super('bad-checkpoint.damaged', { file: basename(path), part });
  }
}

const fileName = (step: number, stripped: boolean): string =>
  `step-${String(step).padStart(9, '0')}${stripped ? '.encoder' : ''}.safetensors`;
const isCheckpointName = (name: string): boolean => /^step-\d+(\.encoder)?\.safetensors$/.test(name);

export const checkpointDirectory = (runDirectory: string): string => join(runDirectory, 'checkpoints');

/** @throws FileError write-failed (disk full, no permission), with nothing left behind. */
export async function writeCheckpoint(runDirectory: string, state: State, facts: CheckpointFacts): Promise<string> {
  const directory = checkpointDirectory(runDirectory);
  makeFolder(directory, runDirectory);
  const path = join(directory, fileName(facts.step, false));
  await writeCheckpointFile(path, state, facts);
  return path;
}

/** As writeCheckpoint, under a path of the caller's. */
export const writeCheckpointFile = (path: string, state: State, facts: CheckpointFacts): Promise<void> =>
  writeSafetensors(path, state, metadataOf(state, facts));

function metadataOf(state: State, facts: CheckpointFacts): Record<string, string> {
  const text = JSON.stringify(facts);
  const tensors = Object.fromEntries([...state].map(([name, tensor]) => [name, tensorChecksum(name, tensor)]));
  return { format: FORMAT, facts: text, checksums: JSON.stringify({ facts: checksum(text), tensors }) };
}

/** Checksum of a tensor's numbers, name and shape, so that a head that gives a tensor another's place is found out. */
const tensorChecksum = (
  name: string,
  { shape, data }: State extends Map<string, infer Tensor> ? Tensor : never,
): string => checksum(`${name} ${shape.join(',')} `, bytesOf(data));

const Checksums = z.object({ facts: z.string(), tensors: z.record(z.string(), z.string()) });

/** The first part that is not as it was written, or null; files of versions up to 0.1.0 say nothing of it. */
function damagedPart(state: State, metadata: Record<string, string>): string | null {
  const text = metadata['checksums'];
  if (text === undefined) return null;
  const { facts, tensors } = Checksums.parse(JSON.parse(text));
  if (checksum(String(metadata['facts'])) !== facts) return 'facts';
  for (const [name, tensor] of state) if (tensorChecksum(name, tensor) !== tensors[name]) return name;
  return Object.keys(tensors).find((name) => !state.has(name)) ?? null;
}

/**
 * @throws TrainerError bad-checkpoint when the file is cut off, of another format, or not readable; DamagedCheckpointError
 * naming the tensor that is not what was written
 */
export async function readCheckpoint(path: string): Promise<{ state: State; facts: CheckpointFacts }> {
  const bytes = await readGiven(path).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof FileError) throw error; // a pipe in its place would be waited for
    throw new TrainerError(
      'bad-checkpoint.unopenable',
      { file: basename(path), detail: error.code ?? error.message },
      { path },
    );
  });
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const state = floatTensors(tensors);
    const damaged = damagedPart(state, metadata);
    if (damaged !== null) throw new DamagedCheckpointError(path, damaged);
    return { state, facts: parseFacts(metadata) };
  } catch (error) {
    if (error instanceof RecordError || error instanceof DamagedCheckpointError) throw error;
    const detail =
      error instanceof z.ZodError
        ? reason('bad-checkpoint.record', { path: error.issues[0]!.path.join('.') || 'facts' })
        : reasonOf(error);
    throw new TrainerError('bad-checkpoint.unusable', { file: basename(path), detail }, { path });
  }
}

function parseFacts(metadata: Record<string, string>): CheckpointFacts {
  if (metadata['format'] !== FORMAT) throw new Error(`it is not a ${FORMAT} file`);
  const { config, ...facts } = JSON.parse(String(metadata['facts'])) as Fields;
  const version = z.int().min(1).default(1).parse(facts['version']);
  const { lastRow } = facts;
  return CheckpointFacts.parse({
    ...upgradeRecord('checkpoint', facts, version),
    version: recordVersion,
    config: readConfig(config, version),
    lastRow: lastRow && upgradeRecord('metrics', lastRow as Fields, version),
  });
}

/** Facts and sizes from the header alone; null where the file is not a whole checkpoint. */
async function inspectCheckpoint(path: string): Promise<CheckpointFile | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { entries, metadata, start } = await readHead(file);
      const sizeOf = (some: typeof entries) => some.reduce((sum, { begin, end }) => sum + end - begin, 0);
      const optimizer = entries.filter(({ name }) => isForTraining(name));
      const bytes = start + sizeOf(entries);
      return {
        path,
        facts: parseFacts(metadata),
        hasOptimizerState: optimizer.length > 0,
        bytes,
        strippedBytes: bytes - sizeOf(optimizer),
      };
    } finally {
      await file.close();
    }
  } catch {
    return null; // unreadable, cut off or foreign: the same to who looks for a checkpoint
  }
}

/** Whether a checkpoint is not what was written: where the bit that changed lies in its head it makes no sense at all. */
const isDamage = (error: unknown): boolean =>
  error instanceof DamagedCheckpointError || (error instanceof TrainerError && error.key === 'bad-checkpoint.unusable');

/**
 * The newest checkpoint up to the one given that training can go on from. Damaged ones are set aside and named; what
 * else is wrong with a file is thrown, as is the damage of the last, which stays where it is.
 * @param check throws where the content does not fit, which counts as damage where it is a bad checkpoint
 */
export async function readNewest(
  runDirectory: string,
  path: string,
  check: (path: string, state: State, facts: CheckpointFacts) => void = () => {},
) {
  const damaged: string[] = [];
  for (let next = path; ;) {
    try {
      const read = await readCheckpoint(next);
      check(next, read.state, read.facts);
      return { path: next, damaged, ...read };
    } catch (error) {
      if (!isDamage(error)) throw error;
      const { files } = await listCheckpoints(runDirectory);
      const before = files.find((file) => file.hasOptimizerState && basename(file.path) < basename(next));
      if (!before) throw error;
      await setAside(next);
      damaged.push(basename(next));
      next = before.path;
    }
  }
}

/** All whole checkpoints of a run, newest first, and the names of files that are not. */
export async function listCheckpoints(runDirectory: string): Promise<{ files: CheckpointFile[]; invalid: string[] }> {
  const directory = checkpointDirectory(runDirectory);
  const names = await readdir(directory).catch(() => [] as string[]);
  const files: CheckpointFile[] = [];
  const invalid: string[] = [];
  for (const name of names.filter(isCheckpointName)) {
    const found = await inspectCheckpoint(join(directory, name));
    if (found) files.push(found);
    else invalid.push(name);
  }
  files.sort((a, b) => b.facts.step - a.facts.step || Number(b.hasOptimizerState) - Number(a.hasOptimizerState));
  return { files, invalid };
}

/**
 * Applies the retention rule to the files on disk and reports what is left. Safe to be killed at any point: a
 * stripped copy is whole before the file it replaces goes.
 */
export async function thinCheckpoints(runDirectory: string, budgetBytes: number): Promise<CheckpointReport[]> {
  const { files } = await listCheckpoints(runDirectory);
  const stored = files.map((f): Stored => ({
    file: f.path,
    epoch: f.facts.epoch,
    step: f.facts.step,
    bytes: f.bytes,
    strippedBytes: f.strippedBytes,
    hasOptimizerState: f.hasOptimizerState,
    finished: f.facts.finished,
    knn: f.facts.knn,
    agreement: f.facts.agreement,
  }));
  const { kept, removed } = retain(stored, budgetBytes);
  for (const c of removed) await rm(c.file, { force: true });
  const reports: CheckpointReport[] = [];
  for (const c of kept) {
    const file = c.strip ? await stripCheckpoint(runDirectory, c.file) : c.file;
    if (file === null) continue;
    const bytes = c.strip ? (await stat(file)).size : c.bytes;
    const { epoch, step, knn, agreement } = c;
    reports.push({
      file,
      epoch,
      step,
      bytes,
      hasOptimizerState: c.hasOptimizerState && !c.strip,
      kept: c.kept,
      knn,
      agreement,
    });
  }
  return reports;
}

/**
 * Writes a checkpoint again without optimizer state. Null where the file is damaged; it is set aside, as training need
 * not end over an older checkpoint.
 */
async function stripCheckpoint(runDirectory: string, path: string): Promise<string | null> {
  const whole = await readCheckpoint(path).catch(async (error: unknown) => {
    if (!(error instanceof DamagedCheckpointError)) throw error;
    await setAside(path);
  });
  if (!whole) return null;
  const { state, facts } = whole;
  const rest = new Map([...state].filter(([name]) => !isForTraining(name)));
  const stripped = join(checkpointDirectory(runDirectory), fileName(facts.step, true));
  await writeSafetensors(stripped, rest, metadataOf(rest, facts));
  await rm(path, { force: true });
  return stripped;
}
