/** The arms of a study as whole configurations: all share photos, seed, probe and the number of epochs, so that each sees the same number of photos. */
import type { ConfigPatch, RunConfig } from '../config.ts';
import { mergeConfig, parseConfig } from '../config.ts';
import { defaultMethod, methods } from '../methods/index.ts';
import type { Machine } from '../plan/machine.ts';
import { beginningBase, isTaught } from './beginnings.ts';
import type { PhotoKind } from './photoKind.ts';
import { sketchPatch } from './sketch.ts';
import type { Arm, Study } from './studies.ts';
import type { StudyId } from './studyId.ts';

export interface LabFacts {
  /** Photos that training would see. */
  images: number;
  /** Typical shorter side of the photos, px, where it is known. */
  side?: number | undefined;
  /** What the photos are of, for the study of beginnings. */
  kind?: PhotoKind;
  /** Who may teach, for the study of beginnings; left out: nobody. */
  teacher?: RunConfig['teacher'];
  /** Whether they are a part of the folder's. */
  part?: boolean;
  /** Whether at least two labels are there to measure with; and labelled photos that are held out. */
  labelled: boolean;
  heldOut: number;
  /** The device that all arms are trained on: one by name, since 'auto' might become another between two of them. */
  device: RunConfig['device'];
  /** Whether the device is as slow as a processor. */
  slow: boolean;
  /** The machine, whose speed is used for arms whose steps were not measured. */
  machine: Machine;
  /** Seconds of a step, measured on this machine, by arm id: those of `armsToMeasure`, or empty. */
  measured: Readonly<Record<string, number>>;
  /** Whether something else is training. */
  busy: boolean;
  /** How the folder's measured values become pictures, and what of them is trained on. */
  input?: ConfigPatch['input'];
}

/** Probes of an arm at most, the one at its end included. */
export const PROBES = 16;

/** Epochs between two probes at most, as probe.everyEpochs allows: of a few photos there are thousands in a minute. */
const MOST_BETWEEN = 1000;

/** Photos in an epoch for which a probe of a thousand photos is affordable. */
const PROBED = 2500;

/** What all arms of a study have in common: of the paper's the small network of the Lab, of ours the preset's. */
function base(study: Study, facts: LabFacts): ConfigPatch {
  const { images, device, slow, input } = facts;
  const place = mergeConfig({ checkpoint: { minutes: 0.5, diskGigabytes: 0.5 }, device }, input ? { input } : {});
  if (study.paper === null)
    return mergeConfig(beginningBase(facts, facts.kind ?? 'any'), place, facts.part ? { photos: images } : {});
  return mergeConfig(
    sketchPatch({ images, device, slow }),
    {
      head: { hiddenDim: 256, outputDim: 256, layers: 2 },
      predictor: { hiddenDim: 64 },
      optimizer: { baseLearningRate: 1, weightDecay: 5e-4 },
    },
    place,
    perStudy(study.id),
  );
}

/**
 * The paper's greyscale and half the change of hue, at twice the rate: with stronger ones the one direction that a
 * collapsed network keeps still tells classes apart. Not where methods are compared: SimCLR and SwAV learn colours
 * then; nor for losses of one direction, which want the lower rate. The same in all arms of a study.
 */
function perStudy(id: StudyId): ConfigPatch {
  const strong: readonly StudyId[] = ['symmetry', 'relations', 'methods'];
  return strong.includes(id) ? {} : { optimizer: { baseLearningRate: 2 }, augment: { hue: 0.2, grayscale: 0.2 } };
}

/** What an arm's method needs in a few hundred steps of a narrow network, as in configs/methods, which were tried on 1,200 photos. */
const perArm = (study: Study, arm: ConfigPatch, images: number): ConfigPatch =>
  study.paper === null ? {} : methods[arm.method ?? defaultMethod].lab.patch(arm, images);

/**
 * Epochs between two probes, for PROBES of them. In a run of few epochs there are fewer: what a probe may cost decides
 * how many photos it asks (shared/probe.ts), and many are wanted.
 */
export const probeEvery = (epochs: number, images: number): number =>
  epochs >= PROBES
    ? Math.min(MOST_BETWEEN, Math.ceil(epochs / PROBES))
    : Math.max(epochs / PROBES, Math.min(1, PROBED / images));

/** The same where one figure at the end decides: as many photos are asked as there are, up to a thousand, and seldom. */
const rarely = (epochs: number, images: number): number =>
  Math.min(MOST_BETWEEN, Math.max(probeEvery(epochs, images), PROBED / images));

/** An arm's configuration. Epochs decide the schedule and the probes; all else is independent of the budget. */
export function armConfig(study: Study, arm: Arm, facts: LabFacts, wanted: number, seed: number): RunConfig {
  const epochs = arm.epochs ?? wanted;
  const schedule: ConfigPatch = {
    epochs,
    minutes: null,
    seed,
    probe: { everyEpochs: study.paper === null ? rarely(epochs, facts.images) : probeEvery(epochs, facts.images) },
    ...(arm.warmup !== undefined && { optimizer: { warmupEpochs: arm.warmup * epochs } }),
  };
  return parseConfig(mergeConfig(base(study, facts), perArm(study, arm.patch, facts.images), arm.patch, schedule));
}

/** The arms of a study on these photos; one with a teacher where there is one. */
export function armsOf(study: Study, facts: LabFacts): Arm[] {
  const { teacher } = facts;
  return study.arms(facts).flatMap((arm) => {
    if (!isTaught(arm)) return [arm];
    return teacher ? [{ ...arm, patch: mergeConfig(arm.patch, { teacher }) }] : [];
  });
}
