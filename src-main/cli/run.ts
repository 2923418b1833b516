/**
 * The command line: `lookalike COMMAND`. Results go to stdout, progress and errors to stderr. Exit 0 done, 1 failed
 * with one line that says why, 2 wrong usage, 128 and its number what a stop signal ended. What a command does is in commands/; the program around it is main.ts,
 * or the desktop shell of an installed Lookalike.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toWireError } from '../../shared/contract.ts';
import type { WireError } from '../../shared/contract.ts';
import { defaultHome } from '../app/reach.ts';
import { endProcess } from '../files/index.ts';
import { beside, columnsOf, fold, foldAll, readingColumns } from './columns.ts';
import { UsageError, commonOptions, parseArguments } from './command.ts';
import type { Command, Context } from './command.ts';
import { embed, exportEncoder } from './commands/exports.ts';
import { cluster, importRun } from './commands/cluster.ts';
import { evaluate } from './commands/evaluate.ts';
import { neighbors } from './commands/explore.ts';
import { useEncoder } from './commands/frozen.ts';
import { pick } from './commands/pick.ts';
import { group } from './commands/groups.ts';
import { lab } from './commands/lab.ts';
import { trial } from './commands/trial.ts';
import { label } from './commands/label.ts';
import { folders, relocate } from './commands/library.ts';
import { remove, runs, show } from './commands/runs.ts';
import { bench, doctor, sample, serve } from './commands/system.ts';
import { find, tag } from './commands/tags.ts';
import { resume, train } from './commands/train.ts';
import { weights } from './commands/weights.ts';
import { meant } from './nearest.ts';
import { assertNewHomeApart } from './newHome.ts';
import { Output, oneLine } from './output.ts';
import { isHeld, Stopped, stoppedCode, stopNames } from './signals.ts';

/** In the order of the overview. */
export const commands: Command[] = [
  train,
  resume,
  runs,
  show,
  remove,
  embed,
  neighbors,
  evaluate,
  exportEncoder,
  cluster,
  importRun,
  useEncoder,
  weights,
  trial,
  lab,
  folders,
  relocate,
  label,
  group,
  tag,
  find,
  pick,
  serve,
  doctor,
  bench,
  sample,
];

function optionLines(options: Command['options']): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const flag = `${option.short ? `-${option.short}, ` : ''}--${name}${option.value ? ` ${option.value}` : ''}`;
    return beside(`  ${flag}`, option.help, 27, readingColumns());
  });
}

/** What does not fit beside the name stands below it, with no part between brackets taken apart. */
function usageLines({ name, usage }: Command): string[] {
  const parts = usage.match(/\[(?:[^[\]]|\[[^\]]*\])*\]|\S+/g) ?? [];
  const lines = [`lookalike ${name}`];
  for (const part of parts) {
    if (columnsOf(lines.at(-1)!) + 1 + columnsOf(part) > readingColumns()) lines.push('   ');
    lines[lines.length - 1] += ` ${part}`;
  }
  return lines;
}

const helpOf = (command: Command): string =>
  [
    ...usageLines(command),
    '',
    ...fold(`${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`, readingColumns()),
    '',
    foldAll(typeof command.help === 'string' ? command.help : command.help(), readingColumns()),
    '',
    'Options:',
    ...optionLines({ ...command.options, ...commonOptions }),
  ].join('\n');

const overview = (): string =>
  [
    ...fold('Lookalike pretrains a vision encoder on your own photos: no labels, no cloud.', readingColumns()),
    '',
    'lookalike COMMAND [--json] [--home DIR] [--offline]',
    '',
    ...commands.flatMap((command) => beside(`  ${command.name}`, command.summary, 13, readingColumns())),
    '',
    'Try it on rendered photos first:',
    '',
    '  lookalike sample sample-photos',
    '  lookalike train sample-photos --preset quick',
    '  lookalike neighbors RUN sample-photos/CLASS/PHOTO.jpg',
    '',
    ...fold(
      "'lookalike COMMAND --help' teaches a command. RUN is an id, the beginning of one, or a name.",
      readingColumns(),
    ),
  ].join('\n');

const names = () => commands.map(({ name }) => name);

/** Version in this package's package.json, which is four folders up when compiled, two in a checkout. */
function version(): string {
  const up = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../../package.json';
  return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version;
}

/**
 * Runs a command line and answers its exit code; what fails is said on stderr.
 * @param host how the application starts its processes where it cannot fork them
 */
export async function runCommandLine(argv: readonly string[], host: Context['host'] = {}): Promise<number> {
  const json = argv.includes('--json');
  const output = new Output(json);
  let signal: AbortSignal | null = null;
  try {
    const [name, ...rest] = argv;
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const asked = rest[0]?.startsWith('-') ? undefined : rest[0];
      const topic = commands.find((command) => command.name === asked);
      if (name === 'help' && asked !== undefined && !topic)
        throw new UsageError(`there is no command '${asked}'${meant(asked, names())}: 'lookalike help' lists them`);
      process.stdout.write(`${topic ? helpOf(topic) : overview()}\n`);
      return 0;
    }
    if (name === '--version') {
      process.stdout.write(`${version()}\n`);
      return 0;
    }
    const command = commands.find((candidate) => candidate.name === name);
    if (!command && name.startsWith('-'))
      throw new UsageError(`${name} comes before the command: write the command first, as in lookalike runs ${name}`);
    if (!command)
      throw new UsageError(`there is no command '${name}'${meant(name, names())}: choose from ${names().join(', ')}`);
    const args = parseArguments(command, rest);
    if (args.on('help')) {
      process.stdout.write(`${helpOf(command)}\n`);
      return 0;
    }
    const home = args.text('home');
    signal = stopSignal();
    const context: Context = {
      home: home === undefined ? defaultHome() : resolve(home),
      json,
      version: version(),
      output,
      signal,
      host,
    };
    await assertNewHomeApart(args, context.home);
    return await command.run(args, context);
  } catch (error) {
    output.clear();
    const told = toWireError(signal?.aborted && isInterrupted(error) ? signal.reason : error);
    const { name, code, details } = told;
    const message = `${tooLongOption(told, argv)}${told.message}`;
    const run = (error as { run?: string }).run ?? null;
    output.json({
      event: 'error',
      run,
      name,
      message: oneLine(message),
      details: { code, ...(typeof details === 'object' ? details : { value: details }) },
    });
    process.stderr.write(`lookalike: ${oneLine(message)}\n`);
    if (signal?.aborted) return stoppedCode(signal);
    return code === 'usage' || code === 'bad-config' ? 2 : 1;
  }
}

/** Which option a text stands behind that the application finds too long; '' for any other error. */
function tooLongOption({ key, details }: WireError, argv: readonly string[]): string {
  if (key !== 'bad-request.too-long') return '';
  const option = `--${String((details as { path?: unknown } | undefined)?.path)
    .split('.')
    .at(-1)}`;
  return argv.some((word) => word === option || word.startsWith(`${option}=`)) ? `${option}: ` : '';
}

/** What a stop signal makes of a call that was under way; what a task says of its end tells more. */
const isInterrupted = (error: unknown): boolean => (error as { name?: unknown } | null)?.name === 'AbortError';

/** Seconds in which a command that has nothing to save ends after a stop signal. */
const patience = 1.4;

/**
 * Aborted by the first stop signal. A command that does not end by itself is ended a little later, unless it saves what
 * was trained; the third signal ends it whatever it is doing. The application is a process of its own and tidies up.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let count = 0;
  const receive = (name: (typeof stopNames)[number]) => {
    stop.abort(new Stopped(name));
    if (++count >= 3) endProcess(stoppedCode(stop.signal));
    const late = () => {
      if (isHeld()) return;
      process.stderr.write('lookalike: stopped\n');
      endProcess(stoppedCode(stop.signal));
    };
    if (count === 1) setTimeout(late, 1000 * patience).unref();
  };
  for (const name of stopNames) process.on(name, () => receive(name));
  return stop.signal;
}
