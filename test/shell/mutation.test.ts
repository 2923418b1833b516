/**
 * The shell's tests earn their place: in a copy of the sources one protection at a time is taken out, and the same
 * tests have to fail. A change that no test notices fails here by name.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'lookalike-mutation-'));
  for (const path of [
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'svelte.config.js',
    'shared',
    'src-main',
    'test/shell',
    'assets',
  ])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The shell's tests in the copy; `bail`: until the first failure. */
async function suite({ bail }: { bail: boolean }): Promise<{ passed: boolean; failures: string[]; total: number }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
  const report = await promisify(execFile)(
    process.execPath,
    [
      vitest,
      'run',
      '--root',
      copy,
      '--reporter',
      'json',
      '--no-file-parallelism',
      ...(bail ? ['--bail=1'] : []),
      'test/shell/policy.test.ts',
      'test/shell/shell.test.ts',
      'test/shell/preload.test.ts',
    ],
    { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  const { numPassedTests, numTotalTests, testResults } = JSON.parse(report.slice(report.indexOf('{'))) as {
    numPassedTests: number;
    numTotalTests: number;
    testResults: { assertionResults: { fullName: string; status: string }[] }[];
  };
  return {
    passed: numPassedTests === numTotalTests,
    total: numTotalTests,
    failures: testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    ),
  };
}

const mutations: [name: string, file: string, from: string, to: string][] = [
  ['the sandbox flag', 'src-main/electron/policy.ts', 'sandbox: true', 'sandbox: false'],
  ['context isolation', 'src-main/electron/policy.ts', 'contextIsolation: true', 'contextIsolation: false'],
  ['the sandbox of every process', 'src-main/electron/main.ts', 'app.enableSandbox();', ''],
  ['the sender check of a message', 'src-main/electron/bridge.ts', 'if (trusted(event)) connect', 'connect'],
  ['the sender check of a call', 'src-main/electron/bridge.ts', 'if (!trusted(event)) throw', 'if (false) throw'],
  [
    'the kinds of files a page may ask for',
    'src-main/electron/bridge.ts',
    'if (!isFileKind(kind)) throw',
    'if (false) throw',
  ],
  ['the frame in the sender check', 'src-main/electron/policy.ts', 'senderFrame.parent === null && ', ''],
  ['the contents in the sender check', 'src-main/electron/bridge.ts', ' && isOurs(event.sender)', ''],
  [
    'the denial of windows',
    'src-main/electron/guard.ts',
    "contents.setWindowOpenHandler(() => ({ action: 'deny' }));",
    '',
  ],
  [
    'the denial of navigation',
    'src-main/electron/guard.ts',
    "contents.on('will-navigate'",
    "contents.on('did-navigate'",
  ],
  [
    'the denial of redirects',
    'src-main/electron/guard.ts',
    "contents.on('will-redirect'",
    "contents.on('did-redirect-navigation'",
  ],
  [
    'the denial of webviews',
    'src-main/electron/guard.ts',
    "contents.on('will-attach-webview', (event) => event.preventDefault());",
    '',
  ],
  [
    'the denial of permissions',
    'src-main/electron/guard.ts',
    'answer(mayUse(permission, details.requestingUrl, details.isMainFrame))',
    'answer(true)',
  ],
  [
    'the check of permissions',
    'src-main/electron/guard.ts',
    'mayUse(permission, details.requestingUrl ?? requestingOrigin, details.isMainFrame)',
    'true',
  ],
  [
    'the denial of the network',
    'src-main/electron/guard.ts',
    'cancel: !mayRequest(details.url, development)',
    'cancel: false',
  ],
  [
    'the denial of downloads',
    'src-main/electron/guard.ts',
    'if (!mayDownload(item.getURL())) event.preventDefault();',
    '',
  ],
  ['the guard of every page', 'src-main/electron/main.ts', 'guardAllContents();', ''],
  [
    'the content security policy',
    'src-main/electron/files.ts',
    "'Content-Security-Policy': contentSecurityPolicy({ socket: null }),",
    '',
  ],
  [
    'a directive of the policy',
    'shared/csp.ts',
    "'script-src': [\"'self'\"]",
    "'script-src': [\"'self'\", \"'unsafe-inline'\"]",
  ],
  ['the header against sniffing', 'src-main/electron/files.ts', '...hardeningHeaders,', ''],
  ['the refusal of paths', 'src-main/electron/routes.ts', '/\\.\\.|%|\\\\|\\/\\//.test(written)', 'false'],
  ['the wait for a save', 'src-main/electron/shell.ts', 'await this.#process.close();', 'void this.#process.close();'],
  [
    "the save of a dead application's trainers",
    'src-main/electron/shell.ts',
    'await this.#broker.stopAll(orphanSeconds);',
    '',
  ],
];

it('the suite passes as it is', async () => {
  const { total, ...whole } = await suite({ bail: false });
  expect(whole).toEqual({ passed: true, failures: [] });
  expect(total).toBeGreaterThan(90); // it did run
}, 120_000);

it.each(mutations)(
  'without %s a test fails',
  async (_name, path, from, to) => {
    const file = join(copy, path);
    const source = readFileSync(file, 'utf8');
    expect(source.split(from).length, `${path} has this once: ${from}`).toBe(2);
    writeFileSync(
      file,
      source.replace(from, () => to),
    );
    try {
      const { passed, failures } = await suite({ bail: true });
      expect(passed, `${dirname(path)} without it passes`).toBe(false);
      expect(failures.length).toBeGreaterThan(0);
    } finally {
      writeFileSync(file, source);
    }
  },
  120_000,
);
