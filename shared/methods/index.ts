/** The methods by their name in the configuration, and what is asked of the one that a configuration chooses. */
import type { ConfigPatch, RunConfig } from '../config.ts';
import { backboneDim } from '../backbone.ts';
import * as byol from './byol.ts';
import * as decorrelation from './decorrelation.ts';
import type { CarriedShape, Conflict, Method, LossMeaning, StepAt, View } from './method.ts';
import { refusedStudies } from './method.ts';
import * as moco from './moco.ts';
import * as simclr from './simclr.ts';
import * as simsiam from './simsiam.ts';
import * as swav from './swav.ts';

export type { LossMeaning, StepAt, View } from './method.ts';

/** All methods, in the order that lists show them in; the first is the default. */
export const methods = {
  ...simsiam.methods,
  ...simclr.methods,
  ...moco.methods,
  ...byol.methods,
  ...swav.methods,
  ...decorrelation.methods,
};
/** Groups of settings, each named as the method it belongs to. */
export const methodSettings = {
  ...simsiam.settings,
  ...simclr.settings,
  ...moco.settings,
  ...byol.settings,
  ...swav.settings,
  ...decorrelation.settings,
};

export type MethodName = keyof typeof methods;
export type MethodSection = keyof typeof methodSettings;
export const methodNames = Object.keys(methods) as [MethodName, ...MethodName[]];
export const defaultMethod = methodNames[0];
export const methodSections = Object.keys(methodSettings) as MethodSection[];

const byName: Readonly<Record<string, Method | undefined>> = methods;
export const methodOf = ({ method }: Pick<RunConfig, 'method'>): Method => methods[method];

export const methodDefaults = (method: unknown): ConfigPatch => byName[String(method)]?.defaults ?? {};

/** Settings that contradict each other, with the remedy; empty where the configuration can be trained. */
export const conflicts = (config: RunConfig): Conflict[] => [
  ...refusedStudies(config, methods),
  ...methodOf(config).conflicts(config),
];

export const viewsOf = (config: RunConfig): View[] => methodOf(config).views(config);
/** What the loss means. A teacher's part of it falls by 1 at most, from what chance gives to the cosine of agreement. */
export function lossOf(config: RunConfig): LossMeaning {
  const meaning = methodOf(config).loss(config);
  if (!hasTeacher(config)) return meaning;
  const { weight } = config.teacher;
  return { kind: 'other', chance: weight + (1 - weight) * (meaning.kind === 'cosine' ? 1 : meaning.chance) };
}

/** Whether targets come from a copy of the network, which the state then holds too. */
export const copiesNetwork = (config: RunConfig): boolean => methodOf(config).target(config) !== null;

/** Input of a step: the share of itself that the copy of the network keeps. */
export const TARGET_MOMENTUM = 'targetMomentum';

/** What a step is fed besides views and the network's learning rates. At a run's first step the copy is the network. */
export function methodInputsAt(config: RunConfig, at: StepAt): Record<string, number> {
  const { target, inputs } = methodOf(config);
  const momentum = target(config);
  return {
    ...(momentum && { [TARGET_MOMENTUM]: at.step === 0 ? 0 : momentum(at) }),
    ...Object.fromEntries(Object.entries(inputs(config)).map(([name, scheduled]) => [name, scheduled(at)])),
  };
}

/** Settings of runs of earlier versions say nothing of one. */
export const hasTeacher = ({ teacher = { from: '' } }: { teacher?: { from: string } }): boolean => teacher.from !== '';
/** Numbers that a step is fed of what the teacher makes of each photo of its batch. */
export const TEACHER_NUMBERS = 256;
/** What is carried where there is a teacher: a linear layer from the features to its numbers. */
export const TEACHER = { weight: 'teacher.weight', bias: 'teacher.bias' } as const;

function carried(config: RunConfig): Readonly<Record<string, CarriedShape>> {
  const own = methodOf(config).carries(config);
  if (!hasTeacher(config)) return own;
  const taught = {
    [TEACHER.weight]: [TEACHER_NUMBERS, backboneDim(config.backbone)],
    [TEACHER.bias]: [TEACHER_NUMBERS],
  };
  return { ...own, ...taught };
}

/** Shapes of what the method and its teacher carry, by its name in the state, with so many photos trained on. */
export const carriedShapes = (config: RunConfig, photos: number): Map<string, number[]> =>
  new Map(
    Object.entries(carried(config)).map(([name, shape]) => [
      carriedName(name),
      shape.map((size) => (size === 'photos' ? photos : size)),
    ]),
  );

export const carriedName = (name: string): string => `method.${name}`;

/** State names of those carried tensors that have a row for each photo trained on. */
export const perPhoto = (config: RunConfig): string[] =>
  Object.entries(carried(config)).flatMap(([name, [rows]]) => (rows === 'photos' ? [carriedName(name)] : []));
