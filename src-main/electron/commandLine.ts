/**
 * The command line of an installed Lookalike. Its binary is Electron's, and the fuse that would let it run as Node is
 * off: so the shell itself, told by `--cli`, runs the command without a window, with utility processes where Node
 * would fork. The launchers in assets/bin pass what they are given behind that word.
 */
import { app } from 'electron';
import type { FromShell, ShellPort, ToShell } from '../app/compute/launch.ts';
import { shellLauncher } from '../app/compute/launch.ts';
import { runCommandLine } from '../cli/run.ts';
import { ComputeBroker } from './compute.ts';

/** Runs `lookalike ...argv` and gives its exit code. `trainer`: absolute path of the trainer's program. */
export async function runInShell(argv: readonly string[], trainer: string): Promise<number> {
  await app.whenReady();
  let running = true;
  app.on('window-all-closed', () => {}); // there never was one
  app.on('before-quit', (event) => {
    if (!running) return;
    event.preventDefault(); // Electron's answer to a stop signal; a command saves first
    process.emit('SIGINT');
  });
  const broker = new ComputeBroker(trainer);
  try {
    return await runCommandLine(argv, { launch: shellLauncher(localPort(broker)), imageIsolation: 'thread' });
  } finally {
    running = false;
  }
}

/** The line between application and broker, which are in one process here. */
export function localPort(broker: ComputeBroker): ShellPort {
  const listeners: ((event: { data: unknown }) => void)[] = [];
  const tell = (data: FromShell) => listeners.forEach((listener) => listener({ data }));
  return {
    postMessage: (message) => broker.receive(message as ToShell, tell),
    on: (_event, listener) => listeners.push(listener),
  };
}
