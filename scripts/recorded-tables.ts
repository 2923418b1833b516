/**
 * Writes what the recorded runs say into the docs, between their markers: the verdict's confusion tables and every run
 * (docs/verdict.md), the ordering of the methods (docs/methods.md) and what the label-free quality is worth (docs/evaluation.md).
 *
 *   node scripts/recorded-tables.ts
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  atEnd,
  firstTime,
  isAlarm,
  namesCollapse,
  outcomeOf,
  recordedRuns,
  verdictsOf,
} from '../test/unit/recordings.ts';
import type { Half, Outcome, RecordedRun } from '../test/unit/recordings.ts';
import { qualityTables } from './quality-table.ts';
import { markdownTable } from './markdownTable.ts';

const outcomes: Outcome[] = ['healthy', 'collapse', 'partial collapse', 'learned nothing', 'diverged'];
const said = ['no alarm', 'suspicious at most', 'collapse', 'notLearning', 'diverging'] as const;

/** What a person was told first, of the verdicts that interrupt. */
function firstSaid(run: RecordedRun): (typeof said)[number] {
  const alarm = firstTime(run, isAlarm)?.verdict;
  if (alarm === undefined)
    return firstTime(run, (verdict) => verdict === 'suspicious') ? 'suspicious at most' : 'no alarm';
  return namesCollapse(alarm) ? 'collapse' : (alarm as 'notLearning' | 'diverging');
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Rows: what became of the runs of `half`. Columns: what was said first. */
function confusionTable(runs: readonly RecordedRun[], half: Half): string {
  const rows = outcomes.map((outcome) => {
    const ofOutcome = runs.filter((run) => run.half === half && outcomeOf(run, runs) === outcome);
    const early = ofOutcome.filter((run) => (firstTime(run, namesCollapse)?.share ?? 1) <= 1 / 3).length;
    return [
      outcome,
      ofOutcome.length,
      ...said.map((what) => ofOutcome.filter((run) => firstSaid(run) === what).length),
      outcome === 'collapse' ? early : '',
    ];
  });
  return markdownTable(['became', 'runs', ...said, 'collapse named in the first third'], rows);
}

function runsTable(runs: readonly RecordedRun[], half: Half): string {
  return markdownTable(
    ['run', 'what it is', 'became', 'kNN untrained, end', 'rank untrained, end', 'first alarm', 'at', 'last verdict'],
    runs
      .filter((run) => run.half === half)
      .map((run) => {
        const alarm = firstTime(run, isAlarm);
        const end = atEnd(run);
        return [
          run.name,
          `${run.about}${run.folder === 'cifar' ? '; CIFAR-10' : ''}`,
          outcomeOf(run, runs),
          `${percent(run.untrained.knn!)}, ${percent(end.knn)}`,
          `${run.untrained.rank.backbone.toFixed(0)}, ${end.rank.toFixed(1)}`,
          alarm?.verdict ?? '',
          alarm ? percent(alarm.share) : '',
          verdictsOf(run).at(-1)!,
        ];
      }),
  );
}

const halves = ['held out', 'chosen on'] as const;

export function confusionTables(runs: readonly RecordedRun[]): string {
  return halves.flatMap((half) => [`Runs ${half}:`, confusionTable(runs, half)]).join('\n\n');
}

export function runsTables(runs: readonly RecordedRun[]): string {
  return halves.flatMap((half) => [`### Runs ${half}`, runsTable(runs, half)]).join('\n\n');
}

/** One line for each committed configuration: what all its recorded seeds show. */
export function orderingTable(runs: readonly RecordedRun[]): string {
  const names = readdirSync(new URL('../configs/methods/', import.meta.url)).map((file) => file.replace(/\.json$/, ''));
  const lines = names.flatMap((name) => {
    const seeds = runs.filter((run) => run.name === name || run.name.startsWith(`${name}-seed-`));
    return seeds.length === 0 ? [] : [orderingLine(name, seeds)];
  });
  lines.sort((a, b) => b.gain - a.gain);
  return markdownTable(
    [
      'configuration',
      'seeds',
      'kNN untrained',
      'kNN at the end',
      'gain',
      'rank at the end',
      'verdict at the end',
      'seconds a run',
    ],
    lines.map(({ cells }) => cells),
  );
}

function orderingLine(name: string, seeds: readonly RecordedRun[]): { gain: number; cells: (string | number)[] } {
  const mean = (of: (run: RecordedRun) => number) => seeds.reduce((sum, run) => sum + of(run), 0) / seeds.length;
  const spread = (of: (run: RecordedRun) => number) =>
    Math.sqrt(seeds.reduce((sum, run) => sum + (of(run) - mean(of)) ** 2, 0) / (seeds.length - 1));
  const before = (run: RecordedRun) => 100 * run.untrained.knn!;
  const after = (run: RecordedRun) => 100 * run.history.at(-1)!.knn!;
  const rank = (run: RecordedRun) => run.history.at(-1)!.rank.backbone;
  const with1 = (of: (run: RecordedRun) => number) =>
    seeds.length > 1 ? `${mean(of).toFixed(1)} ± ${spread(of).toFixed(1)}` : mean(of).toFixed(1);
  const gain = mean((run) => after(run) - before(run));
  const verdicts = [...new Set(seeds.map((run) => verdictsOf(run).at(-1)!))].join(', ');
  return {
    gain,
    cells: [
      `\`${name}\``,
      seeds.length,
      mean(before).toFixed(1),
      with1(after),
      gain.toFixed(1),
      with1(rank),
      verdicts,
      mean((run) => run.seconds).toFixed(0),
    ],
  };
}

const start = (name: string) => `<!-- ${name}: written by scripts/recorded-tables.ts -->`;
const end = (name: string) => `<!-- end of ${name} -->`;

/** The part of `text` between the markers of `name`. */
export function between(text: string, name: string): string {
  return text.slice(text.indexOf(start(name)) + start(name).length, text.indexOf(end(name))).trim();
}

function replace(file: string, name: string, content: string): void {
  const path = fileURLToPath(new URL(`../docs/${file}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  if (!text.includes(start(name)) || !text.includes(end(name)))
    throw new Error(`${file} lacks the markers of ${name}: ${start(name)} and ${end(name)}`);
  writeFileSync(
    path,
    `${text.slice(0, text.indexOf(start(name)))}${start(name)}\n\n${content}\n\n${text.slice(text.indexOf(end(name)))}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const runs = recordedRuns();
  replace('verdict.md', 'confusion tables', confusionTables(runs));
  replace('verdict.md', 'recorded runs', runsTables(runs));
  replace('methods.md', 'ordering', orderingTable(runs));
  replace('evaluation.md', 'label-free quality', qualityTables());
}
