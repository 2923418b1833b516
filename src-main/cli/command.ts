/** What a command of the command line is, and how its arguments are read. The commands are in commands/. */
import { parseArgs } from 'node:util';
import type { AppOptions } from '../app/index.ts';
import { meant } from './nearest.ts';
import type { Output } from './output.ts';

/** Wrong usage: exit code 2 and one line that says what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

export interface Option {
  /** What stands for the value in the help; without it the option is a switch. */
  value?: string;
  short?: string;
  multiple?: boolean;
  help: string;
}

export interface Arguments {
  positionals: string[];
  text(name: string): string | undefined;
  list(name: string): string[];
  on(name: string): boolean;
  /** @throws UsageError when it is no whole number from `least` to `most` */
  integer(name: string, least: number, most?: number): number | undefined;
  /** @throws UsageError naming the first of these options that was given, and what it goes with */
  only(names: readonly string[], condition: boolean, withWhat: string): void;
}

export interface Context {
  home: string;
  json: boolean;
  version: string;
  output: Output;
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP; what further ones do is in run.ts. */
  signal: AbortSignal;
  /** How the application starts its processes; empty in Node, which can fork. */
  host: Pick<AppOptions, 'launch' | 'imageIsolation'>;
}

export interface Command {
  name: string;
  /** What follows the command's name, for the help: FOLDER [--preset P] ... */
  usage: string;
  summary: string;
  /** Paragraphs and examples for `--help`. */
  help: string | (() => string);
  /** Least and greatest number of arguments. */
  positionals: [number, number];
  options: Record<string, Option>;
  /** Answers the exit code. */
  run(args: Arguments, context: Context): Promise<number>;
}

export const commonOptions: Record<string, Option> = {
  json: { help: 'print JSON on stdout; progress stays on stderr' },
  home: {
    value: 'DIR',
    help: 'the folder for history, checkpoints and caches (default: LOOKALIKE_HOME, or the system’s)',
  },
  offline: { help: 'open no connection but on this computer (or LOOKALIKE_OFFLINE=1)' },
  help: { short: 'h', help: 'show this help' },
};

/** @throws UsageError naming what was not understood */
export function parseArguments(command: Command, argv: string[]): Arguments {
  const all = { ...command.options, ...commonOptions };
  const see = `see 'lookalike ${command.name} --help'`;
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      tokens: true,
      options: Object.fromEntries(
        Object.entries(all).map(([name, option]) => [
          name,
          {
            type: option.value ? 'string' : 'boolean',
            ...(option.short && { short: option.short }),
            ...(option.multiple && { multiple: true }),
          },
        ]),
      ) as Record<string, { type: 'string' | 'boolean' }>,
    });
  } catch (error) {
    const { message } = error as Error;
    const dashed = /use '(--[^=]+)=-XYZ'/.exec(message)?.[1];
    if (dashed)
      throw new UsageError(`${dashed} is followed by a dash: write a value that begins with one as ${dashed}=-x`);
    const lacks = /^Option '.*--(\w+) <value>' argument missing/.exec(message)?.[1];
    if (lacks) throw new UsageError(`--${lacks} needs a value: write --${lacks} ${all[lacks]!.value}`);
    const unknown = /^Unknown option '([^'=]+)/.exec(message)?.[1];
    if (unknown !== undefined) {
      const hint = unknown.startsWith('--')
        ? meant(unknown.slice(2), Object.keys(all), '--')
        : ' (what begins with a dash and is none goes behind --)';
      throw new UsageError(`there is no option ${unknown}${hint}: ${see}`);
    }
    const full = /^Option '.*(--[\w-]+)' does not take an argument/.exec(message)?.[1];
    if (full !== undefined) throw new UsageError(`${full} takes no value: ${see}`);
    const [sentence] = message.split(/\.\s|\n/);
    throw new UsageError(`${sentence}: ${see}`);
  }
  const values = parsed.values as Record<string, string | boolean | string[] | undefined>;
  for (const [name, value] of Object.entries(values))
    if ([value].flat().includes(''))
      throw new UsageError(`--${name} is empty: give ${all[name]!.value}, or leave it out`);
  const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = given.find((name, at) => given.indexOf(name) < at && all[name]!.value && !all[name]!.multiple);
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice: write it once`);
  const { positionals } = parsed;
  // an unset variable of a shell: as a path it would be the current folder
  if (positionals.includes('')) throw new UsageError(`an argument is empty: ${see}`);
  const [least, most] = command.positionals;
  if (!values['help'] && positionals.length < least)
    throw new UsageError(`write it as: lookalike ${command.name} ${command.usage}`);
  if (positionals.length > most) throw new UsageError(`'${positionals[most]}' is one argument too many: ${see}`);
  const text = (name: string) => values[name] as string | undefined;
  return {
    positionals,
    text,
    list: (name) => (values[name] as string[] | undefined) ?? [],
    on: (name) => values[name] === true,
    integer(name, least, most = Number.MAX_SAFE_INTEGER) {
      const written = text(name);
      if (written === undefined) return undefined;
      const number = whole(written);
      if (!(number >= least))
        throw new UsageError(`--${name} ${written}: give a whole number of at least ${least.toLocaleString('en')}`);
      if (number > most) throw new UsageError(`--${name} ${written}: at most ${most.toLocaleString('en')}`);
      return number;
    },
    only(names, condition, withWhat) {
      const alone = names.find((name) => values[name] !== undefined);
      if (alone !== undefined && !condition)
        throw new UsageError(
          `--${alone} goes with ${withWhat} only: leave it out, or see 'lookalike ${command.name} --help'`,
        );
    },
  };
}

/** The number that decimal digits write; NaN for all else that Number reads ('', 0x10), and for what it cannot tell apart. */
export function whole(written: string): number {
  const number = /^\d+$/.test(written.trim()) || /^\d+(\.0*)?e\d+$/i.test(written.trim()) ? Number(written) : NaN;
  return Number.isInteger(number) ? number : NaN;
}

/** The comma-separated values of an option, each one of `allowed`. @throws UsageError */
export function choices<T extends string>(name: string, given: string, allowed: readonly T[]): T[] {
  const parts = given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of parts)
    if (!allowed.includes(part as T)) throw new UsageError(`--${name} ${part}: choose from ${allowed.join(', ')}`);
  if (parts.length === 0) throw new UsageError(`--${name} is empty: choose from ${allowed.join(', ')}`);
  return parts as T[];
}
