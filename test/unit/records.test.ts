/** Records of other versions: brought up by pure steps, unknown settings left out, newer ones refused in one sentence. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { readConfig, recordVersion, upgradeRecord } from '../../shared/records.ts';

const steps = [
  { config: (record: Record<string, unknown>) => ({ ...record, first: true }) },
  {},
  { config: ({ first, ...record }: Record<string, unknown>) => ({ ...record, second: first }) },
];

test('each version goes through the steps after it, and through those of its kind alone', () => {
  expect(upgradeRecord('config', { a: 1 }, 1, steps)).toEqual({ a: 1, second: true });
  expect(upgradeRecord('config', { first: false }, 2, steps)).toEqual({ second: false });
  expect(upgradeRecord('config', { a: 1 }, 4, steps)).toEqual({ a: 1 });
  expect(upgradeRecord('metrics', { a: 1 }, 1, steps)).toEqual({ a: 1 });
});

test('a newer record is refused in one sentence that says what to do', () => {
  expect(() => upgradeRecord('metrics', {}, 5, steps)).toThrow(
    'this was written by a newer Lookalike (record version 5, this one knows 4): update Lookalike',
  );
  expect(() => readConfig(parseConfig({}), recordVersion + 1)).toThrow(/update Lookalike/);
});

test('settings that are no longer known are left out, those that are new take their defaults', () => {
  const config = parseConfig({ method: 'byol', seed: 3 });
  const { probe, ...rest } = structuredClone(config) as Record<string, unknown>;
  const record = { ...rest, sharpness: 1, augment: { ...config.augment, sharpness: 0.5 } };
  expect(probe).toBeDefined();
  expect(readConfig(record)).toEqual(config);
  expect(record).toHaveProperty('sharpness'); // what was given is not changed
});

test('a value that no version allows is an error, not another value', () => {
  expect(() => readConfig({ ...parseConfig({}), batchSize: 'many' })).toThrow();
});
