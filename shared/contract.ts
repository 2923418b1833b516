/**
 * Everything that crosses a process, with its schema: calls of the application, its events, the jobs of the
 * trainer, and the wire they travel on. This file gathers the parts; each part is a page of its own. Beside schemas
 * there are only the tables they are made from: importing it builds schemas and does nothing else, and an import rule
 * keeps it from more.
 */
import { libraryCalls } from './contract/library.ts';
import { duplicateCalls } from './contract/duplicates.ts';
import { runCalls } from './contract/runs.ts';
import { evaluateCalls } from './contract/evaluate.ts';
import { exploreCalls } from './contract/explore.ts';
import { exportCalls } from './contract/exports.ts';
import { clusterCalls } from './contract/cluster.ts';
import { frozenCalls } from './contract/frozen.ts';
import { labCalls } from './contract/lab.ts';
import { deviceCalls } from './contract/devices.ts';
import { tagCalls } from './contract/tags.ts';
import { weightCalls } from './contract/weights.ts';
import { systemCalls } from './contract/system.ts';
import type { Handlers, Params, Result } from './contract/wire.ts';

export * from './contract/wire.ts';
export * from './contract/dataset.ts';
export * from './contract/library.ts';
export * from './contract/runs.ts';
export * from './contract/evaluate.ts';
export * from './contract/explore.ts';
export * from './contract/exports.ts';
export * from './contract/duplicates.ts';
export * from './contract/cluster.ts';
export * from './contract/frozen.ts';
export * from './contract/lab.ts';
export * from './contract/devices.ts';
export * from './contract/tags.ts';
export * from './contract/weights.ts';
export * from './contract/system.ts';
export * from './contract/events.ts';
export * from './contract/job.ts';
export * from './contract/report.ts';

/** Every call a host may make of the application. */
export const appCalls = {
  ...libraryCalls,
  ...runCalls,
  ...exploreCalls,
  ...duplicateCalls,
  ...evaluateCalls,
  ...exportCalls,
  ...clusterCalls,
  ...frozenCalls,
  ...labCalls,
  ...deviceCalls,
  ...tagCalls,
  ...weightCalls,
  ...systemCalls,
} as const;

export type AppCalls = typeof appCalls;
export type AppMethod = keyof AppCalls;
export type AppParams<M extends AppMethod> = Params<AppCalls, M>;
export type AppResult<M extends AppMethod> = Result<AppCalls, M>;
export type AppHandlers = Handlers<AppCalls>;
