/** The command line of the desktop program, as a pure function. Chromium's own switches pass through unseen. */
import { isAbsolute, resolve } from 'node:path';

export interface Flags {
  /** Absolute; null: the usual home. */
  home: string | null;
  /** Start without a window, in the background. */
  hidden: boolean;
  version: boolean;
  help: boolean;
  /** One sentence when the line cannot be followed. */
  problem: string | null;
}

export const usage = `Lookalike pretrains a vision encoder on your own photos: no labels, no cloud.

  --home DIR   keep everything in this folder
  --cli ...    the command line: --cli help lists its commands
  --offline    open no connection but on this computer
  --hidden     start in the background, with an icon in the tray
  --version
  --help`;

/** What follows `--cli`, for the command line; null where there is no such word. Chromium's own switches come before it. */
export function commandLineOf(argv: readonly string[]): string[] | null {
  const at = argv.indexOf('--cli');
  return at < 0 ? null : argv.slice(at + 1);
}

/** `argv` without the program itself; `cwd`: what a relative --home is relative to. */
export function parseFlags(argv: readonly string[], cwd: string): Flags {
  const flags: Flags = { home: null, hidden: false, version: false, help: false, problem: null };
  for (let i = 0; i < argv.length; i++) {
    const [name, ...rest] = argv[i]!.split('=');
    if (name === '--hidden') flags.hidden = true;
    else if (name === '--version') flags.version = true;
    else if (name === '--help' || name === '-h') flags.help = true;
    else if (name === '--home') {
      const value = rest.length > 0 ? rest.join('=') : argv[++i];
      if (!value || value.startsWith('--')) flags.problem = '--home wants a folder: --home DIR';
      else flags.home = isAbsolute(value) ? value : resolve(cwd, value);
    }
  }
  return flags;
}
