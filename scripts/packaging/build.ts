/** Compiles the program and lets electron-builder put it around a stand-in for Electron, downloading nothing. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(name: string, args: string[], env: Record<string, string> = {}): string {
  return execFileSync(process.execPath, [join(root, name), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'], // its stdout is looked at, and shown where it fails
    // A proxy that refuses: whatever electron-builder would download fails loudly.
    env: {
      ...process.env,
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      ELECTRON_BUILDER_OFFLINE: 'true',
      ...env,
    },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

export function compile(): void {
  for (const config of ['vite.main.config.ts', 'vite.preload.config.ts'])
    run('node_modules/vite/bin/vite.js', ['build', '--logLevel', 'warn', '--config', config]);
  run('node_modules/vite/bin/vite.js', ['build', '--logLevel', 'warn']);
  run('scripts/sample.ts', []);
}

/** What electron-builder wrote; throws where it failed. */
export const build = (args: string[], env?: Record<string, string>): string =>
  run('node_modules/electron-builder/cli.js', args, env);
