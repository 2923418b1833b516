/** A run's teacher as the application knows it: which file it is, what a plan says of it, and whose it is. */
import { stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { PlanNote } from '../../../shared/contract.ts';
import type { TeacherFile, TeacherLook } from '../../../shared/contract/job.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { knownByFile } from '../../../shared/knownWeights.ts';
import { hasTeacher, TEACHER_NUMBERS } from '../../../shared/methods/index.ts';
import { reason } from '../../../shared/reason.ts';
import { nameOf } from '../../../shared/naming.ts';
import type { RefusalReason } from '../../../shared/refusal.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import { computeJob } from '../compute/job.ts';
import type { AppContext } from '../context.ts';
import type { Looked } from './teacherLooks.ts';
import { checkpointNamed } from '../checkpoints.ts';

/** The file of the encoder that teaches, null for none, or why there is none. */
export function teacherFile({ store, paths }: AppContext, { teacher }: RunConfig): TeacherFile | null | RefusalReason {
  if (!hasTeacher({ teacher })) return null;
  const { from } = teacher;
  const named = weightsOfRun(from);
  if (!named)
    return existsSync(from) ? { file: from, ofRun: false } : reason('cannot-start.no-teacher-file', { file: from });
  const { runId, checkpointId } = named;
  const run = store.runs.get(runId);
  if (!run || run.deletedAt) return reason('cannot-start.no-teacher', { id: runId });
  const last = checkpointNamed(store, runId, checkpointId);
  if (!last) return reason('cannot-start.no-checkpoint', { name: nameOf(run) });
  return { file: paths.checkpoint(runId, last.file), ofRun: true };
}

export const isTeacherFile = (found: ReturnType<typeof teacherFile>): found is TeacherFile =>
  found !== null && 'file' in found;

/** What a teacher says of them is in memory, a kilobyte each. */
const MOST_PHOTOS = 1_000_000;

export interface TeacherPlan {
  /** With what is known of the teacher's origin. */
  config: RunConfig;
  refusal: RefusalReason | null;
  note: PlanNote | null;
  /** Before the first step, and bytes that stay. */
  seconds: number;
  bytes: number;
}

/** What a teacher costs a run of so many photos, or why it cannot teach. */
export async function planTeacher(
  context: AppContext,
  config: RunConfig,
  patch: ConfigPatch,
  images: number,
): Promise<TeacherPlan> {
  const none = { config, refusal: null, note: null, seconds: 0, bytes: 0 };
  const found = teacherFile(context, config);
  if (found === null) return none;
  if (!isTeacherFile(found)) return { ...none, refusal: found };
  const look = await lookAt(context, found, config);
  if ('refusal' in look) return { ...none, ...look };
  if (images > MOST_PHOTOS)
    return { ...none, refusal: reason('cannot-start.teacher-photos', { images, most: MOST_PHOTOS }) };
  const { from } = config.teacher;
  const named = weightsOfRun(from);
  const name = named ? (context.store.runs.get(named.runId)?.name ?? from) : basename(from);
  const seconds = images * look.secondsPerPhoto;
  const bytes = images * TEACHER_NUMBERS * 4;
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  const megabytes = Math.max(1, Math.round(bytes / 1e6));
  return {
    config: withTeachersOrigin(context, config, patch, look),
    refusal: null,
    note: {
      key: 'teacher',
      message: `${name} teaches this run: before the first step it is asked of ${images} photos, which takes up to ${minutes} min, once for all runs, and what it says is kept (${megabytes} MB)`,
      values: { name, images, minutes, megabytes },
    },
    seconds,
    bytes,
  };
}

async function lookAt(context: AppContext, teacher: TeacherFile, config: RunConfig): Promise<Looked> {
  const { size, mtimeMs } = await stat(teacher.file).catch(() => ({ size: 0, mtimeMs: 0 }));
  const key = [teacher.file, size, mtimeMs, config.imageSize, config.backbone.stem, config.threads].join(' ');
  return context.teachers.take(key, async () => {
    try {
      const job = { kind: 'teacher' as const, teacher, config };
      return (await computeJob(context, job, { signal: context.closing, progress: () => {} })).look;
    } catch (error) {
      return { refusal: reason('cannot-start.teacher', { reason: reasonOf(error) }) };
    }
  });
}

/** As a person says, else as it is known of the run that teaches, of known weights by their name, or as the file says. */
function withTeachersOrigin(
  { store }: AppContext,
  config: RunConfig,
  patch: ConfigPatch,
  look: TeacherLook,
): RunConfig {
  const { teacher } = config;
  if (patch.teacher?.origin !== undefined || patch.teacher?.licence !== undefined) return config;
  const named = weightsOfRun(teacher.from);
  const run = named && store.runs.get(named.runId);
  const known = named ? null : knownByFile(basename(teacher.from));
  const { origin = '', licence = '' } =
    run?.encoder ??
    run?.config.backbone ??
    (known ? { origin: `${known.name}, ${known.page}`, licence: known.licence } : look);
  return { ...config, teacher: { ...teacher, origin, licence } };
}
