/**
 * `npm start`: builds the window and the program if need be and opens the application, in Electron where its binary and
 * a display can be had, else in the browser; says which and why. Arguments after `--` go to the host: `npm start --
 * --browser`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chooseHost, compiledModules, isRootOnLinux } from './host.ts';
import type { HostChoice } from './host.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const forwarded = args.filter((argument) => argument !== '--browser');

/** Newest modification below a folder, ms; -1 where it is missing. */
function newest(folder: string): number {
  if (!existsSync(folder)) return -1;
  return Math.max(
    -1,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

function build(script: string): boolean {
  return (
    spawnSync('npm', ['run', '--silent', script], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    }).status === 0
  );
}

function upToDate(output: string, ...sources: string[]): boolean {
  const built = newest(join(root, output));
  return built >= 0 && sources.every((source) => newest(join(root, source)) <= built);
}

/** Path of Electron's binary, fetched at the first start where that is possible. */
function electronBinary(): { path: string } | { reason: string } {
  const folder = join(root, 'node_modules/electron');
  if (!existsSync(join(folder, 'path.txt'))) {
    console.error('Fetching Electron (once)…');
    const fetched = spawnSync(process.execPath, [join(folder, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 10 * 60_000,
      encoding: 'utf8',
    });
    if (fetched.status !== 0 || !existsSync(join(folder, 'path.txt')))
      return { reason: "Electron's binary could not be fetched" };
  }
  return { path: createRequire(import.meta.url)('electron') as string };
}

function openElectron(): HostChoice {
  const choice = chooseHost({ platform: process.platform, env: process.env }, args);
  if (choice.host === 'browser') return choice;
  if (isRootOnLinux(process.platform, process.getuid?.()))
    return { host: 'browser', reason: 'Electron does not start as root' };
  const binary = electronBinary();
  if ('reason' in binary) return { host: 'browser', reason: binary.reason };
  const child = spawn(binary.path, [root, ...forwarded], { stdio: 'inherit' });
  child.on('exit', (code) => (process.exitCode = code ?? 1));
  return choice;
}

if (!upToDate('dist/renderer', 'src-renderer', 'shared')) {
  console.error('Building the window…');
  if (!build('build')) {
    console.error('The window could not be built: run `npm ci`, then `npm start` again.');
    process.exit(1);
  }
}

if (!upToDate('dist/main', 'src-main', 'shared')) {
  console.error('Building the program…');
  if (!build('build:main')) {
    console.error('The program could not be built: run `npm ci`, then `npm start` again.');
    process.exit(1);
  }
}

const choice = openElectron();
if (choice.host === 'browser') {
  console.error(`Opening in the browser: ${choice.reason}.`);
  const child = spawn(
    process.execPath,
    [join(root, 'dist/main/src-main/cli/main.js'), 'serve', ...forwarded],
    // compiled once, by the build: it takes half the time to load its modules
    { stdio: 'inherit', env: { NODE_COMPILE_CACHE: compiledModules, ...process.env } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 0));
} else console.error('Opening in Electron.');
