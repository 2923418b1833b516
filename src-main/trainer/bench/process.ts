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

/** The line that says why a process ended, of all that Node or Python wrote about it; else its last one. */
function lastError(complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => /^[\w.]*(Error|Exception)\b/.test(line)) ?? lines.findLast((line) => line !== '') ?? ''
  );
}

export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #command: string;
  readonly #ended: Promise<void>;
  #complaint = '';

  constructor(command: string, args: string[]) {
    this.#command = [command, ...args].join(' ');
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()).once('error', () => resolve()));
    this.#child.stdin!.on('error', () => {}); // the missing answer tells
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      this.#complaint = (this.#complaint + text).slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws BenchError when the process ends instead of answering. */
  async ask(request: Request): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      await this.#ended; // what it wrote last may still be on its way
      const why = lastError(this.#complaint) || 'it said nothing';
      throw new BenchError('bench-process', `${this.#command} ended without an answer: ${why}`, { request });
    }
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

/** The first Python that has these packages, torch among them. @throws BenchError when there is none */
export async function findPython(
  path?: string,
  packages: readonly string[] = ['torch', 'torchvision', 'PIL'],
): Promise<{ python: string; name: string }> {
  const program = `import ${packages.join(', ')}; print(torch.__version__)`;
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
    `no Python with ${packages.join(', ')} (tried ${candidates.join(', ')}): name one with --python PATH`,
    { candidates },
  );
}
