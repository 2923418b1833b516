/**
 * The shell's tests earn their place: in a copy of the sources one protection at a time is taken out, and the same
 * tests have to fail. A change that no test notices fails here by name.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Outcome } from './mutants.ts';
import { sharedFolder } from '../helpers/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = sharedFolder('mutation');
let tests: ChildProcess;
const restored: string[] = [];

beforeAll(async () => {
  for (const path of [
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'svelte.config.js',
    'shared',
    'src-main',
    'test/shell',
    'test/helpers/folders.ts',
    'assets',
  ])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS$)/.test(name)));
  tests = fork(new URL('./mutants.ts', import.meta.url), [copy], { cwd: copy, env, execArgv: [] });
  await new Promise((resolve) => tests.once('message', resolve));
});
afterAll(() => tests.disconnect());

/** The shell's tests in the copy, until the first failure; `changed` are the files that are otherwise than the last time. */
function suite(...changed: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process of the tests ended with ${code}`));
    tests.once('exit', ended);
    tests.once('message', (outcome) => {
      tests.off('exit', ended);
      resolve(outcome as Outcome);
    });
    tests.send(changed);
  });
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
  const { total, ...whole } = await suite();
  expect(whole).toEqual({ failures: [], errors: [] });
  expect(total).toBeGreaterThan(90); // it did run
});

it.each(mutations)('without %s a test fails', async (_name, path, from, to) => {
  const file = join(copy, path);
  const source = readFileSync(file, 'utf8');
  expect(source.split(from).length, `${path} has this once: ${from}`).toBe(2);
  writeFileSync(
    file,
    source.replace(from, () => to),
  );
  try {
    const { failures } = await suite(file, ...restored.splice(0));
    expect(failures.length, `${dirname(path)} without it passes`).toBeGreaterThan(0);
  } finally {
    writeFileSync(file, source);
    restored.push(file);
  }
});
