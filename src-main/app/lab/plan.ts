/**
 * A study planned for a folder on this machine: brings the facts that shared/lab/plan.ts needs. The steps of the
 * slowest arm, and of the one with the largest batch, are measured once for a study, a number of photos and a device, in
 * a compute process of their own.
 */
import { mergeConfig, parseConfig } from '../../../shared/config.ts';
import type { LabPlan, LabRequest } from '../../../shared/contract.ts';
import { armsToMeasure } from '../../../shared/lab/cost.ts';
import { studyPlan } from '../../../shared/lab/plan.ts';
import type { LabFacts } from '../../../shared/lab/arms.ts';
import { beginningBase, TRIAL_PHOTOS } from '../../../shared/lab/beginnings.ts';
import { refusal } from '../../../shared/refusal.ts';
import { studyOf } from '../../../shared/lab/studies.ts';
import { stepSeconds } from '../../../shared/plan/speed.ts';
import { computeJob } from '../compute/job.ts';
import type { AppContext } from '../context.ts';
import type { Devices } from '../devices/index.ts';
import type { Library } from '../library/library.ts';
import { photoCacheBytes } from '../cacheLimit.ts';
import { ruleOf } from '../library/measuring.ts';
import { machineFor, placeFor } from '../runs/plan.ts';
import { trainingPhotos } from '../runs/trainingPhotos.ts';
import type { TrainingPhotos } from '../runs/trainingPhotos.ts';
import type { PhotoKind } from '../../../shared/lab/photoKind.ts';
import { guessKind } from './guess.ts';
import { planTeacher } from '../runs/teacher.ts';
import type { TeacherPlan } from '../runs/teacher.ts';
import { typicalSide } from '../runs/typicalSide.ts';

export class LabPlanner {
  readonly #context: AppContext;
  readonly #library: Library;
  readonly #devices: Devices;
  readonly #busy: () => boolean;
  /** Seconds of a step by arm, for each study, number of photos, device and channels. */
  readonly #measured = new Map<string, Promise<Record<string, number>>>();

  #guess: { key: string; kind: Promise<PhotoKind> } | null = null;

  /** @param busy whether something trains: its steps would be measured with ours */
  constructor(context: AppContext, library: Library, devices: Devices, busy: () => boolean) {
    this.#context = context;
    this.#library = library;
    this.#devices = devices;
    this.#busy = busy;
  }

  /** @throws AppError not-found, bad-folder */
  async plan(request: LabRequest): Promise<LabPlan> {
    const { facts, taught } = await this.#facts(request);
    const plan = await this.#planned(request, facts);
    if (taught?.note) plan.notes.push(taught.note);
    if (taught?.refusal) plan.refusals.push(refusal('teacher.from', '', taught.refusal));
    if (request.kind !== undefined || !plan.kind) return plan;
    const message = `by the look of them these photos are of the kind '${plan.kind}'; --of says otherwise`;
    return { ...plan, notes: [...plan.notes, { key: 'guessedKind', values: { kind: plan.kind }, message }] };
  }

  async #planned(request: LabRequest, facts: LabFacts): Promise<LabPlan> {
    if (facts.images < 8) return studyPlan(request, facts);
    const key = [
      request.study,
      facts.kind,
      facts.images,
      facts.device,
      facts.slow,
      facts.input?.channels,
      !facts.teacher,
    ].join(' ');
    if (facts.busy && !this.#measured.has(key)) return studyPlan(request, facts);
    let measuring = this.#measured.get(key);
    if (!measuring) {
      measuring = this.#measure(request, facts);
      this.#measured.set(key, measuring);
      measuring.catch(() => this.#measured.delete(key));
    }
    return studyPlan(request, { ...facts, measured: await measuring });
  }

  async #facts({
    study,
    datasetId,
    kind,
    teacher,
  }: LabRequest): Promise<{ facts: LabFacts; taught: TeacherPlan | null }> {
    const ours = studyOf(study).paper === null;
    const training = await trainingPhotos(this.#context, this.#library, datasetId);
    const input = ruleOf(this.#library.dataset(datasetId));
    const { provider, device, slow } = await placeFor(this.#context, this.#devices, {});
    const narrow = parseConfig({ device: provider, backbone: { width: slow ? 0.25 : 0.5 } });
    const side = ours ? await typicalSide(this.#context, this.#library, training) : undefined;
    const shown = Math.min(TRIAL_PHOTOS, training.count);
    const seen = mergeConfig(beginningBase({ images: shown, side }, 'any'), { device: provider, input });
    const taught =
      ours && teacher
        ? await planTeacher(this.#context, parseConfig(mergeConfig(seen, { teacher: { from: teacher } })), {}, shown)
        : null;
    const facts: LabFacts = {
      ...(taught && !taught.refusal && { teacher: taught.config.teacher }),
      images: ours ? Math.min(TRIAL_PHOTOS, training.count) : training.count,
      part: ours && training.count > TRIAL_PHOTOS,
      ...(ours && { kind: kind ?? (await this.#guessed(datasetId, training)), side }),
      labelled: training.labels >= 2,
      heldOut: training.labels >= 2 ? training.heldOut : 0,
      device: provider,
      slow,
      machine: await machineFor(this.#context, narrow, provider, device),
      measured: {},
      busy: this.#busy(),
      input,
    };
    return { facts, taught };
  }

  /** Guessed once for a folder of so many photos: a trial is planned before it is started. */
  #guessed(datasetId: string, training: TrainingPhotos): Promise<PhotoKind> {
    const key = `${datasetId} ${training.count}`;
    if (this.#guess?.key !== key) this.#guess = { key, kind: guessKind(this.#context, this.#library, training) };
    return this.#guess.kind;
  }

  async #measure({ study }: Pick<LabRequest, 'study'>, facts: LabFacts): Promise<Record<string, number>> {
    const { paths } = this.#context;
    const out: Record<string, number> = {};
    for (const { armId, config } of armsToMeasure(studyOf(study), facts)) {
      const { estimate } = await computeJob(
        this.#context,
        {
          kind: 'estimate',
          config,
          images: facts.images,
          measure: true,
          cacheDirectory: paths.photoCache,
          cacheBytes: photoCacheBytes(this.#context),
          directory: paths.home,
          device: await this.#devices.forJob(facts.device),
        },
        { signal: this.#context.closing, progress: () => {} },
      );
      if (estimate.basis === 'measured') out[armId] = stepSeconds(estimate);
    }
    return out;
  }
}
