/**
 * Records that outlive the version that wrote them: the settings of a run, rows of its history, the facts of a
 * checkpoint. One number, kept beside each, says by which version's rules it was written. An older record is brought
 * up by a short list of pure functions; what is absent takes its default (of a figure: null), and what a later version
 * no longer knows is left out. A newer record is refused in one sentence.
 */
import type { z } from 'zod';
import { mergeConfig, RunConfig } from './config.ts';
import type { ConfigPatch } from './config.ts';
import { KeyedError } from './errors.ts';
import type { KeyOf } from './errors.ts';
import { methodDefaults } from './methods/index.ts';

export type Fields = Record<string, unknown>;
export type RecordKind = 'config' | 'metrics' | 'checkpoint';
type Upgrade = Partial<Record<RecordKind, (record: Fields) => Fields>>;

/**
 * The step from version n to n + 1 stands at place n - 1. Needed where a default would be wrong for what was written
 * before, or where something has another name or meaning; never edited once released.
 */
const upgrades: readonly Upgrade[] = [];

export const recordVersion = upgrades.length + 1;

export class RecordError extends KeyedError<KeyOf<'newer-record'>> {
  override readonly name = 'RecordError';
}

/** @throws RecordError newer-record */
export function upgradeRecord(kind: RecordKind, record: Fields, version: number, steps = upgrades): Fields {
  if (version > steps.length + 1) throw new RecordError('newer-record.version', { version, known: steps.length + 1 });
  return steps.slice(version - 1).reduce((upgraded, step) => step[kind]?.(upgraded) ?? upgraded, record);
}

/**
 * The settings that a run was recorded with.
 * @throws RecordError newer-record, or ZodError where a value is one that no version has written
 */
export function readConfig(record: unknown, version = recordVersion): RunConfig {
  const upgraded = upgradeRecord('config', record as Fields, version);
  return parseKnown(RunConfig, mergeConfig(methodDefaults(upgraded['method']), upgraded as ConfigPatch));
}

/** Parses by a strict schema after what it does not know has been left out. @throws ZodError */
function parseKnown<T>(schema: z.ZodType<T, unknown>, value: unknown): T {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  const copy = structuredClone(value);
  for (const issue of first.error.issues)
    if (issue.code === 'unrecognized_keys') {
      const parent = issue.path.reduce((at: unknown, key) => (at as Record<PropertyKey, unknown>)[key], copy) as Fields;
      for (const key of issue.keys) delete parent[key];
    }
  return schema.parse(copy);
}
