/**
 * Commands in a copy of this system that is thrown away: an overlay over its root, mounted in a mount namespace of each
 * command's own, so that nothing stays mounted and nothing of it reaches the system.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Answer {
  ok: boolean;
  output: string;
}

export class ThrowawayRoot {
  /** What was written: a path of the copy is below it. */
  readonly written: string;
  readonly #work: string;
  readonly #root: string;
  readonly #keep: readonly string[];

  /** `keep`: folders of this system that may lie on another file system, and are read there. */
  constructor(folder: string, keep: readonly string[]) {
    this.written = join(folder, 'written');
    this.#work = join(folder, 'work');
    this.#root = join(folder, 'root');
    this.#keep = keep;
    for (const path of [this.written, this.#work, this.#root]) mkdirSync(path, { recursive: true });
  }

  /** Why it cannot be used here, in one sentence, or null. */
  whyNot(): string | null {
    if (process.getuid?.() !== 0) return 'a throwaway root wants to be made by root';
    return this.run('true').ok ? null : 'this system mounts no overlay';
  }

  run(command: string, env: Record<string, string> = {}): Answer {
    const lines = [
      'set -e',
      `mount -t overlay overlay -o "lowerdir=/,upperdir=${this.written},workdir=${this.#work}" "${this.#root}"`,
      ...['/proc', '/dev', ...this.#keep].map(
        (path) => `mkdir -p "${this.#root}${path}"; mount --rbind "${path}" "${this.#root}${path}"`,
      ),
      `exec chroot "${this.#root}" /bin/sh -c "$1"`,
    ];
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', lines.join('\n'), 'sh', command], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
    });
    return { ok: status === 0, output: `${stdout}${stderr}` };
  }
}
