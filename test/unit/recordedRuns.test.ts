/** The recorded runs as they are committed (scripts/record-runs.ts): what they hold, and the tables of docs/ made of them. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordings } from '../../scripts/recordings.ts';
import { configOf } from '../../scripts/recordings/recording.ts';
import { qualityTables } from '../../scripts/quality-table.ts';
import { between, confusionTables, orderingTable, runsTables } from '../../scripts/recorded-tables.ts';
import { parseConfig } from '../../shared/config.ts';
import { outcomeOf, recordedRuns } from './recordings.ts';

const runs = recordedRuns();

describe('the recorded runs', () => {
  it('are those that the script names, with the settings that it names', () => {
    expect(runs.map(({ name }) => name).sort()).toEqual(Object.keys(recordings).sort());
    for (const run of runs) {
      const { half, matched, folder, ...recording } = recordings[run.name]!;
      const named = parseConfig(configOf({ half, folder, ...recording }));
      expect({ ...run.config, threads: 0 }, run.name).toEqual({ ...named, threads: 0 });
      expect([run.half, run.matched, run.folder], run.name).toEqual([half, matched, folder]);
    }
  });

  it.each(['held out', 'chosen on'])(
    'hold healthy runs, collapses and runs that learned nothing among those %s',
    (half) => {
      const ofHalf = (outcome: string) => runs.filter((run) => run.half === half && outcomeOf(run, runs) === outcome);
      expect(ofHalf('healthy').length).toBeGreaterThanOrEqual(10);
      expect(ofHalf('collapse').length).toBeGreaterThanOrEqual(8);
      expect(ofHalf('learned nothing').length).toBeGreaterThanOrEqual(2);
    },
  );

  it('are small', () => {
    const folder = new URL('./fixtures/runs/', import.meta.url);
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0);
    expect(bytes).toBeLessThan(600_000);
  });

  it.each([
    ['verdict.md', 'confusion tables', confusionTables],
    ['verdict.md', 'recorded runs', runsTables],
    ['methods.md', 'ordering', orderingTable],
    ['evaluation.md', 'label-free quality', qualityTables],
  ] as const)('stand in docs/%s as the %s', (file, name, tableOf) => {
    const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
    expect(between(text, name), 'run: node scripts/recorded-tables.ts').toBe(tableOf(runs));
  });
});
