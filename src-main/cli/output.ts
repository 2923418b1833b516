/**
 * The two channels of a command: results on stdout (text or JSON lines), progress on stderr, where a terminal shows
 * one line that is rewritten and anything else gets a plain line now and then.
 */

import type { Baselines, FreeName } from '../../shared/baselines.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { Estimate } from '../../shared/contract.ts';
import { counted } from '../../shared/messages/format.ts';
import { columnsOf, padTo, shorten } from './columns.ts';

/** Without a terminal, progress is written at most this often, seconds. */
const plainInterval = 10;

/** What a run takes, as the JSON events say it. */
export const estimateOf = ({ seconds, memoryBytes, deviceMemoryBytes, diskBytes }: Estimate) => ({
  seconds,
  memoryBytes,
  ...(deviceMemoryBytes === undefined ? {} : { deviceMemoryBytes }),
  diskBytes,
});

export const costLine = ({ epochs, seconds, memoryBytes, deviceMemoryBytes, diskBytes }: Estimate): string =>
  [
    `${counted(epochs, 'epoch')}, about ${duration(seconds)}`,
    `${bytes(memoryBytes)} of memory`,
    ...(deviceMemoryBytes === undefined ? [] : [`${bytes(deviceMemoryBytes)} of the graphics card’s`]),
    `${bytes(diskBytes)} of disk`,
  ].join(', ');

const freeNames: Record<FreeName, string> = {
  pixels: 'pixels',
  whitened: 'whitened pixels',
  hog: 'edges and colours',
  edges: 'whitened edges and colours',
};

/** What a network is before its first step. */
export const beforeTraining = ({ backbone }: Pick<RunConfig, 'backbone'>): string =>
  backbone.init === 'random' ? 'untrained' : 'at its start';

/** What the run is compared with. */
export const baselinesLine = (baselines: Baselines): string =>
  `to beat, by ${baselines.measure === 'knn' ? 'kNN' : 'neighbour agreement'}: ${[
    ...Object.entries(freeNames).flatMap(([name, text]) => {
      const share = baselines[name as FreeName];
      return share === undefined ? [] : `${text} ${percent(share)}`;
    }),
    `untrained ${percent(baselines.untrained)}`,
    ...(baselines.start === baselines.untrained ? [] : [`the starting weights ${percent(baselines.start)}`]),
  ].join(', ')}`;

/** Where results are written to a file on a full disk, what is in it is not all. */
export const unprinted = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'ENOSPC' || code === 'EDQUOT'
    ? 'what is printed does not fit on its disk, and is cut short: free some space, or print elsewhere'
    : `what is printed cannot be written (${code ?? message}), and is cut short: print elsewhere`;

/** Whether progress is one line that is rewritten: a terminal which knows no commands would show them. */
const isRewritten = (): boolean => process.stderr.isTTY && process.env['TERM'] !== 'dumb';

export class Output {
  readonly #json: boolean;
  /** Whoever reads may leave without ending the command: what is printed is one thing, what it does another. */
  outlivesReader = false;
  #line = '';
  #plainAt = -Infinity;

  constructor(json: boolean) {
    this.#json = json;
    // whoever reads (head, a closed pipe) may leave early: not our failure
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' && this.outlivesReader) return;
      if (error.code === 'EPIPE') process.exit(0);
      process.stderr.write(`lookalike: ${unprinted(error)}\n`);
      process.exit(1);
    });
    process.stderr.on('error', () => {});
  }

  /** A line for people; with --json nothing. */
  print(text = ''): void {
    if (this.#json) return;
    this.clear();
    process.stdout.write(`${harmless(text)}\n`);
  }

  /** A line for programs; without --json nothing. */
  json(value: unknown): void {
    if (!this.#json) return;
    this.clear();
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A line on stderr that stays. */
  note(text: string): void {
    this.clear();
    process.stderr.write(`${oneLine(text)}\n`);
  }

  /** What is going on now. `important`: written at once also where there is no terminal. */
  progress(text: string, important = false): void {
    if (isRewritten()) {
      const width = process.stderr.columns || 80;
      this.clear();
      this.#line = shorten(oneLine(text), width - 1);
      process.stderr.write(this.#line);
    } else if (important || performance.now() - this.#plainAt > plainInterval * 1000) {
      this.#plainAt = performance.now();
      process.stderr.write(`${oneLine(text)}\n`);
    }
  }

  clear(): void {
    if (this.#line) process.stderr.write('\r\u001b[2K');
    this.#line = '';
  }
}

/** Characters that move a terminal's cursor or reverse its text; they are shown as U+FFFD. */
// eslint-disable-next-line no-control-regex
const commands = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text, of several lines too, without characters that would command the terminal: names in it may come from anywhere.
 */
export const harmless = (text: string): string => text.replace(commands, '\ufffd');

// eslint-disable-next-line no-control-regex
export const oneLine = (text: string): string => harmless(text.replace(/[\u0000-\u001f\u007f]+/g, ' ')).trim();

/** A word of a command line, quoted where a shell would read it otherwise. */
export const quoted = (word: string): string =>
  /^[\w./~=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '?';
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${(seconds / 86400).toFixed(1)} days`;
}

export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const written = (power: number) => (count / 1000 ** power).toFixed(power === 0 ? 0 : 1);
  let power = 0;
  while (power < units.length - 1 && Number(written(power)) >= 1000) power++; // 999,950 rounds to 1.0 MB
  return `${written(power)} ${units[power]}`;
}

export const percent = (fraction: number | null): string =>
  fraction === null ? '-' : `${(100 * fraction).toFixed(1)} %`;

/** Columns as wide as their widest cell; the first row is the header. Numbers stand right. */
export function table(given: string[][]): string {
  const rows = given.map((row) => row.map(oneLine));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column]!))));
  const number = rows[0]!.map((_, column) =>
    rows.slice(1).every((row) => /^[-\d.,%\s]*(kB|MB|GB|s|min)?$/.test(row[column]!)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => padTo(cell, widths[column]!, number[column] ? 'start' : 'end'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
