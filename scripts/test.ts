/**
 * All checks in one command: format, lint, unused code, import rules, types, build, tests in Node (unit, engine golden values,
 * application, shell), tests in a real browser. Every stage runs even when an earlier one failed, and the last
 * line counts them: a check such as lint counts as one test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../test/browser/chromium.ts';
import { softwareVulkan } from '../test/helpers/vulkan.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const reports = mkdtempSync(join(tmpdir(), 'lookalike-test-'));
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];

/** Hundreds of processes of the same sources start in the tests: each but the first finds them stripped and compiled. */
const compiled = { NODE_COMPILE_CACHE: join(reports, 'compiled') };

function run(command: string, args: string[], env: Record<string, string> = {}): boolean {
  // npm puts node_modules/.bin on the PATH; on Windows the commands there are .cmd files, which need a shell.
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...compiled, ...env },
    shell: process.platform === 'win32',
  });
  return result.status === 0;
}

function add(stage: string, count: Count, seconds: number): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  summary.push(
    `${count.failed > 0 ? 'FAIL' : 'ok  '}  ${stage}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds.toFixed(0)} s)`,
  );
}

function stage(name: string, body: () => Count): void {
  console.log(`\n=== ${name}`);
  const start = performance.now();
  let count: Count;
  try {
    count = body();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    count = { passed: 0, failed: 1, skipped: 0 };
  }
  add(name, count, (performance.now() - start) / 1000);
}

const one = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** The runner's own count; a runner that fails without a failed test (a crash, an empty run) counts as one failure. */
function counted(ok: boolean, count: Count): Count {
  if ((!ok && count.failed === 0) || count.passed + count.failed === 0) return { ...count, failed: count.failed + 1 };
  return count;
}

/** Where the system has no Vulkan loader; the driver is for each test to ask for. */
const loaderPath = softwareVulkan()?.LD_LIBRARY_PATH;
const vulkanLoader: Record<string, string> = loaderPath ? { LD_LIBRARY_PATH: loaderPath } : {};

/** Two files at a time also where there are two cores: what is tested waits for processes and time limits half of the while. */
function vitest(...folders: string[]): Count {
  const file = join(reports, `${folders.join('-')}.json`);
  const ok = run(
    'vitest',
    [
      'run',
      ...folders.map((folder) => `test/${folder}/`),
      '--maxWorkers=2',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    vulkanLoader,
  );
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
  };
  return counted(ok, { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests });
}

function playwright(): Count {
  const file = join(reports, 'browser.json');
  const ok = run('playwright', ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  const { stats } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  return counted(ok, { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });
}

stage('format', () => one(run('prettier', ['--check', '.'])));
stage('lint', () => one(run('eslint', ['.'])));
stage('unused code', () => one(run('knip', ['--no-progress'])));
stage('import rules', () =>
  one(run('depcruise', ['--config', '.dependency-cruiser.mjs', 'shared', 'src-main', 'src-renderer'])),
);
stage('types', () => one(run('tsc', ['-p', 'tsconfig.json']) && run('tsc', ['-p', 'test/browser/tsconfig.json'])));
stage('types of the window', () =>
  one(run('svelte-check', ['--tsconfig', 'src-renderer/tsconfig.json', '--fail-on-warnings'])),
);
stage('build', () => one(run('vite', ['build'])));
stage('unit', () => vitest('unit'));
stage('engine', () => vitest('engine'));
// Together: the longest file of each waits for limits of time, and beside the other's it costs nothing.
stage('app and shell', () => vitest('app', 'shell'));
try {
  const browser = await findChromium();
  console.log(`\nBrowser for the tests: ${browser.executablePath} (${browser.source})`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
stage('browser', playwright);

rmSync(reports, { recursive: true, force: true });
console.log(`\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
