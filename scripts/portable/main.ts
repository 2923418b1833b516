/**
 * The portable bench: measures a graphics card in one call, on a machine that has nothing but a driver, Vulkan's loader
 * and, to compare with, a PyTorch. Each part is a process of its own with a time of its own; what fails is told and the
 * rest goes on. After each part everything so far is written, as JSON and as Markdown.
 *
 *   ./bench [--out FOLDER] [--python PATH] [--minutes 8] [--only PART ...] [--rehearse] [--parts]
 *
 * `--rehearse` takes small sizes and as long as it takes; `--parts` prints the parts and ends.
 */
import '../../src-main/files/offline.ts'; // first: what follows may not send
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Machine } from './machine.ts';
import { parts, secondsFor } from './parts.ts';
import type { Outcome, Settings } from './parts.ts';
import { runPart } from './process.ts';
import { markdown } from './report.ts';

/** Seconds that are kept for writing. */
const MARGIN = 8;
/** A rehearsal's processor is slower by so much. */
const REHEARSAL = { minutes: 60, factor: 10 };

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'lookalike-portable' },
    python: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string', multiple: true },
    rehearse: { type: 'boolean', default: false },
    parts: { type: 'boolean', default: false },
  },
});
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};
if (values.parts) {
  process.stdout.write(parts.map(({ name, does }) => `${name.padEnd(28)} ${does}\n`).join(''));
  process.exit(0);
}
const unknown = values.only?.find((name) => !parts.some((part) => part.name === name));
if (unknown !== undefined) refuse(`there is no part ${unknown}: --parts prints them`);
const minutes = Number(values.minutes ?? (values.rehearse ? REHEARSAL.minutes : 8));
if (!(minutes > 0)) refuse(`--minutes ${values.minutes}: a number above 0`);

/** Drivers' folders that a container brings and Vulkan's loader does not look into. */
const ELSEWHERE = ['/usr/local/nvidia/share/vulkan/icd.d', '/usr/local/nvidia/vulkan/icd.d'];
const INSTALLED = ['/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'];
const manifests = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
    : [];
if (!process.env['VK_DRIVER_FILES'] && !process.env['VK_ICD_FILENAMES'] && INSTALLED.flatMap(manifests).length === 0) {
  const found = ELSEWHERE.flatMap(manifests);
  if (found.length > 0) process.env['VK_DRIVER_FILES'] = found.join(':');
}

// the folder's own package.json, four folders up from here when compiled
const up = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../../package.json';
const { version, commit = 'checkout' } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
  version: string;
  commit?: string;
};

const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'lookalike-portable-'));
const settings: Settings = {
  rehearse: values.rehearse,
  python: values.python ?? null,
  work,
  memoryBytes: null,
  noPython: null,
  seconds: 0,
};
const chosen = parts
  .filter(({ name }) => values.only?.includes(name) ?? true)
  .map((part) => (values.rehearse ? { ...part, seconds: REHEARSAL.factor * part.seconds } : part));
const began = performance.now();
const since = () => (performance.now() - began) / 1000;
const outcomes: Outcome[] = [];

function write(): void {
  const report = {
    at: new Date().toISOString(),
    version,
    commit,
    rehearsed: values.rehearse,
    seconds: Math.round(since()),
    parts: outcomes,
  };
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(out, 'results.md'), markdown(report));
}

/** What the others are told of the machine. */
function takeOver(machine: Machine | undefined): void {
  settings.memoryBytes = machine?.card?.memoryBytes ?? null;
  if (!machine) return;
  if ('missing' in machine.pytorch) settings.noPython = machine.pytorch.missing;
  else settings.python = machine.pytorch.python;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
try {
  for (const [place, { name, does }] of chosen.entries()) {
    const seconds = stop.signal.aborted ? 0 : secondsFor(chosen, place, 60 * minutes - MARGIN - since());
    process.stdout.write(`${name}: ${does}, at most ${Math.round(seconds)} s\n`);
    const outcome: Outcome =
      seconds === 0
        ? { name, does, outcome: 'left out', seconds: 0, error: 'no time was left' }
        : await runPart(name, does, settings, seconds, { signal: stop.signal });
    outcomes.push(outcome);
    if (name === 'machine') takeOver(outcome.found as Machine | undefined);
    process.stdout.write(`  ${outcome.outcome}, ${outcome.seconds} s${outcome.error ? `: ${outcome.error}` : ''}\n`);
    write();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.stdout.write(`${Math.round(since())} s; ${join(out, 'results.md')} and results.json\n`);
// a part that failed is a finding; a bench that did nothing is not
process.exit(outcomes.some(({ outcome }) => outcome === 'done') ? 0 : 1);
