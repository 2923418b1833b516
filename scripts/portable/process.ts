/**
 * Runs a part as a process of its own, at the head of a group: when its time is over, it and whatever it started are
 * ended. What it has found comes over the channel as it is found, so that a part that is late, or that a driver takes
 * down, leaves what it had.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome, Settings } from './parts.ts';
import { programAt } from '../../src-main/files/program.ts';

const program = fileURLToPath(programAt('./part', import.meta.url));

/** From a part: what it has found so far, which replaces what it found before, or why it gave up. */
export type PartMessage = { found: unknown } | { failed: string };

/** Ends a process that leads a group, and the group. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/**
 * Never fails: whatever happens to the part is its outcome. `within`: a part of a part, which ends with that one's group
 * and starts nothing itself.
 */
export async function runPart(
  name: string,
  does: string,
  settings: Settings,
  seconds: number,
  { signal, within = false }: { signal?: AbortSignal; within?: boolean } = {},
): Promise<Outcome> {
  const began = performance.now();
  const child = fork(program, [name, JSON.stringify({ ...settings, seconds })], {
    detached: !within,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let found: unknown;
  let failed: string | undefined;
  let complaint = '';
  let late = false;
  child.on('message', (message: PartMessage) => {
    if ('found' in message) found = message.found;
    else failed = message.failed;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    complaint = (complaint + text).slice(-4000);
  });
  const end = () => (within ? void child.kill('SIGKILL') : endGroup(child.pid));
  const timer = setTimeout(() => ((late = true), end()), 1000 * seconds);
  signal?.addEventListener('abort', end, { once: true });
  const how = await new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('error', (error) => ((failed = error.message), resolve({ code: null, signal: null })));
    child.once('exit', (code, by) => setTimeout(() => resolve({ code, signal: by }), 200)); // what it said last may be on its way
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  end(); // what it left behind
  const outcome = (how_: Outcome['outcome'], error?: string): Outcome => ({
    name,
    does,
    outcome: how_,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    ...(error === undefined ? {} : { error }),
    ...(found === undefined ? {} : { found }),
  });
  if (late) return outcome('late', `not done within ${Math.round(seconds)} s`);
  if (failed !== undefined) return outcome('failed', failed);
  if (how.code === 0) return outcome('done');
  const last = complaint.trim().split('\n').at(-1);
  return outcome('failed', `ended by ${how.signal ?? `exit code ${how.code}`}${last ? `: ${last}` : ''}`);
}
