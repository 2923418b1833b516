/** A process that answers lines of JSON, of either side. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Answer, Request } from './work.ts';

export class BenchError extends Error {
  override readonly name = 'BenchError';
  readonly code: 'bench-process' | 'no-peer';
  readonly details: Record<string, unknown>;
  constructor(code: BenchError['code'], message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #command: string;

  constructor(command: string, args: string[]) {
    this.#command = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.on('error', () => {}); // the missing answer tells
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws BenchError when the process ends instead of answering. */
  async ask(request: Request): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done)
      throw new BenchError('bench-process', `${this.#command} ended without an answer: its message stands above`, {
        request,
      });
    return JSON.parse(value) as Answer;
  }

  /** Ends the process and waits until it has gone, so that it does not disturb what is measured next. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }
}

/** The first Python that has torch, torchvision and PIL. @throws BenchError when there is none */
export async function findPython(path?: string): Promise<{ python: string; name: string }> {
  const program = 'import torch, torchvision, PIL; print(torch.__version__)';
  const candidates = path === undefined ? ['python3', '/usr/bin/python3', 'python'] : [path];
  for (const python of candidates)
    try {
      const { stdout } = await promisify(execFile)(python, ['-c', program]);
      return { python, name: `PyTorch ${stdout.trim()}` };
    } catch {
      // not this one
    }
  throw new BenchError(
    'no-peer',
    `no Python with torch, torchvision and PIL (tried ${candidates.join(', ')}): name one with --python PATH`,
    { candidates },
  );
}
