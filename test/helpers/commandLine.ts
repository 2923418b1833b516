/** The command line as a process of its own: what it printed, its JSON events, and signals in the middle. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
  events: Record<string, unknown>[];
}
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when an event of that name was printed. */
  event(name: string): Promise<void>;
  /** kill -9 of it and all that it started; not on Windows. */
  killAll(): void;
}

/** @param home LOOKALIKE_HOME */
export function startCommand(args: string[], home: string): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { ...process.env, LOOKALIKE_HOME: home },
    detached: process.platform !== 'win32', // a group of its own, so that all of its processes can be killed
  });
  let out = '';
  let err = '';
  const waiting: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) =>
      resolve({
        code,
        out,
        err,
        events: out
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      }),
    ),
  );
  return {
    child,
    ended,
    event: (name) =>
      new Promise((resolve, reject) => {
        const look = () => out.includes(`"event":"${name}"`) && resolve();
        waiting.push(look);
        look();
        void ended.then(({ err: why }) => reject(new Error(`it ended without '${name}': ${why}`)));
      }),
    killAll: () => void process.kill(-child.pid!, 'SIGKILL'),
  };
}
