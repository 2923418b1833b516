/**
 * All checks in one command: format, lint, unused code, import rules, types, build, tests in Node (unit, engine golden
 * values, application, shell), tests in a real browser. Every stage runs even when an earlier one failed, and the last
 * line counts them, below the names of the tests that failed or passed only when tried again: a check such as lint
 * counts as one test. Lint, which takes one processor for longest, runs beside the others; the tests in a browser, which
 * wait for what is drawn for most of the while, beside those in Node.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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
/** Each failed test with the first line of what it said: the rest stands far above by then. */
const failures: string[] = [];
const fail = (where: string, name: string, message = '', how = 'FAIL ') =>
  failures.push(`${how} ${where}: ${name}\n      ${stripVTControlCharacters(message).split('\n', 1)[0]}`);

/** Hundreds of processes of the same sources start in the tests: each but the first finds them stripped and compiled. */
const compiled = { NODE_COMPILE_CACHE: join(reports, 'compiled') };
/** What tests start is the built program. */
const built = {
  NODE_OPTIONS: [process.env['NODE_OPTIONS'], `--import=${new URL('../test/built.ts', import.meta.url).href}`]
    .filter(Boolean)
    .join(' '),
};

interface How {
  env?: Record<string, string>;
  /** What it prints is kept until it has ended: another stage prints meanwhile. */
  beside?: boolean;
}

async function run(command: string, args: string[], { env, beside = false }: How = {}): Promise<boolean> {
  // npm puts node_modules/.bin on the PATH; on Windows the commands there are .cmd files, which need a shell.
  const child = spawn(command, args, {
    stdio: ['ignore', beside ? 'pipe' : 'inherit', beside ? 'pipe' : 'inherit'],
    env: { ...process.env, ...compiled, ...env },
    shell: process.platform === 'win32',
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (printed += text));
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => (console.error(`${command}: ${error.message}`), resolve(false)));
    child.on('close', (code) => resolve(code === 0));
  });
  if (beside) console.log(`\n=== ${command}, which ran beside\n${printed}`);
  return ok;
}

function add(stage: string, count: Count, seconds: number): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  summary.push(
    `${count.failed > 0 ? 'FAIL' : 'ok  '}  ${stage}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds.toFixed(0)} s)`,
  );
}

async function stage(name: string, body: () => Promise<Count>): Promise<void> {
  console.log(`\n=== ${name}`);
  const start = performance.now();
  let count: Count;
  try {
    count = await body();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    count = { passed: 0, failed: 1, skipped: 0 };
  }
  add(name, count, (performance.now() - start) / 1000);
}

/** A check that is right or wrong as a whole. */
const check = (name: string, command: string, args: string[], how?: How) =>
  stage(name, async () => one(await run(command, args, how)));
const one = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** The runner's own count; a runner that fails without a failed test (a crash, an empty run) counts as one failure. */
function counted(ok: boolean, count: Count): Count {
  if ((!ok && count.failed === 0) || count.passed + count.failed === 0) return { ...count, failed: count.failed + 1 };
  return count;
}

/** Where the system has no Vulkan loader; the driver is for each test to ask for. */
const loaderPath = softwareVulkan()?.LD_LIBRARY_PATH;
const vulkanLoader: Record<string, string> = loaderPath ? { LD_LIBRARY_PATH: loaderPath } : {};

/**
 * Three files at a time also where there are two processors, beside the browser: what is tested waits for processes and
 * time limits more than half of the while. The longest begin first (vitest.config.ts).
 */
async function vitest(): Promise<Count> {
  const file = join(reports, 'node.json');
  const ok = await run(
    'vitest',
    ['run', '--maxWorkers=3', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { env: { ...vulkanLoader, ...built } },
  );
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    testResults: {
      name: string;
      status: string;
      message: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
    }[];
  };
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    for (const { fullName, failureMessages } of failed) fail(relative('.', name), fullName, failureMessages[0]);
    if (status === 'failed' && failed.length === 0) fail(relative('.', name), 'the file itself', message);
  }
  return counted(ok, { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests });
}

/** What is read of Playwright's report. */
interface Suite {
  file: string;
  suites?: Suite[];
  specs: { title: string; ok: boolean; tests: { status: string; results: { error?: { message?: string } }[] }[] }[];
}

/** What passed only when it was tried again is told as well: it fails nothing, and is to be mended. */
function tellFailed({ file, suites = [], specs }: Suite): void {
  for (const { title, ok, tests } of specs) {
    const results = tests.flatMap((test) => test.results);
    const error = results.find((result) => result.error)?.error?.message;
    if (!ok) fail(`test/browser/${file}`, title, error);
    else if (tests.some((test) => test.status === 'flaky')) fail(`test/browser/${file}`, title, error, 'AGAIN');
  }
  suites.forEach(tellFailed);
}

async function playwright(): Promise<Count> {
  const file = join(reports, 'browser.json');
  const ok = await run('playwright', ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...built },
    beside: true,
  });
  const { stats, suites } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
    suites: Suite[];
  };
  suites.forEach(tellFailed);
  return counted(ok, { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped });
}

const lint = check('lint', 'eslint', ['.'], { beside: true });
await check('format', 'prettier', ['--check', '.']);
await check('unused code', 'knip', ['--no-progress']);
await check('import rules', 'depcruise', [
  ...['--config', '.dependency-cruiser.mjs'],
  ...['shared', 'src-main', 'src-renderer'],
]);
await check('types', 'tsc', ['-p', 'tsconfig.json']);
await check('types of the browser tests', 'tsc', ['-p', 'test/browser/tsconfig.json']);
await check('types of the window', 'svelte-check', [
  ...['--tsconfig', 'src-renderer/tsconfig.json'],
  '--fail-on-warnings',
]);
await check('build', 'vite', ['build']);
await check('build of the program', 'vite', [
  ...['build', '--logLevel', 'warn'],
  ...['--mode', 'tested', '--config', 'vite.main.config.ts'],
]);
await check('sample photos', 'node', ['--disable-warning=ExperimentalWarning', 'scripts/sample.ts']);
try {
  const browser = await findChromium();
  console.log(`\nBrowser for the tests: ${browser.executablePath} (${browser.source})`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
await lint;
const browser = stage('browser', playwright);
await stage('unit, engine, application and shell', vitest);
await browser;

rmSync(reports, { recursive: true, force: true });
console.log(`\n${summary.join('\n')}\n`);
if (failures.length > 0) console.log(`${failures.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
