/**
 * Proves the packaging without Electron's binary: builds the folder with electron-builder against a stand-in for
 * Electron, downloading nothing, then looks inside. The archive holds what the program needs and nothing foreign,
 * the unpacked native modules load, the fuses are set, and the application in it answers from its own files alone.
 * Prints the size and what was left out. Linux only: each system packages its own binaries.
 */
import { execFileSync, fork } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { readLicences } from '../shared/licences.ts';
import { startingWeights } from '../shared/startingWeights.ts';
import { build, compile } from './packaging/build.ts';
import { writeStandIn } from './packaging/standIn.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'lookalike-package-'));
const platform = `${process.platform}-${process.arch}`;
const problems: string[] = [];
const check = (ok: boolean, sentence: string): void => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${sentence}`);
  if (!ok) problems.push(sentence);
};
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const sizeOf = (paths: string[]): number => paths.reduce((sum, path) => sum + statSync(path).size, 0);

function buildFolder(): string {
  const output = join(work, 'release');
  compile();
  const log = build([
    '--dir',
    `-c.electronDist=${writeStandIn(join(work, 'electron'))}`,
    `-c.directories.output=${output}`,
  ]);
  check(!/download/i.test(log), 'electron-builder downloaded nothing');
  return join(output, `${process.platform}-unpacked`);
}

async function inspect(folder: string): Promise<string> {
  const archive = join(folder, 'resources/app.asar');
  const packed = listPackage(archive, { isPack: false }).map((path) => path.replace(/^[/\\]/, ''));
  const has = (path: string) => packed.includes(path);
  for (const path of [
    'package.json',
    'dist/main/src-main/electron/main.js',
    'dist/main/src-main/electron/preload.cjs',
    'dist/main/src-main/app/main.js',
    'dist/main/src-main/trainer/main.js',
    'dist/main/src-main/trainer/computeThread.js',
    'src-main/cluster/train.py',
    'dist/renderer/index.html',
    'dist/sample/photos.pack',
    'assets/icons/tray.png',
    ...startingWeights.map(({ file }) => `assets/starting/${file}`),
  ])
    check(has(path), `has ${path}`);
  check(
    (statSync(join(folder, 'resources/bin/lookalike')).mode & 0o111) !== 0,
    'has the launcher of the command line, which can be run',
  );

  const foreign = (what: string, test: (path: string) => boolean) => {
    const found = packed.filter(test);
    check(
      found.length === 0,
      `no ${what}${found.length > 0 ? `: ${found.slice(0, 4).join(', ')} and ${Math.max(0, found.length - 4)} more` : ''}`,
    );
  };
  foreign('Node platform package', (path) => /node_modules\/node-(bin-)?(darwin|linux|win)/.test(path));
  foreign('binary of another system', (path) => {
    const name = path.match(
      /napi-v6\/(\w+\/\w+)|prebuilds\/([\w-]+)\.node$|@img\/sharp-(?:libvips-)?((?:darwin|linux|linuxmusl|win32|freebsd)-\w+)/,
    );
    return name !== null && (name[1]?.replace('/', '-') ?? name[2] ?? name[3]) !== platform;
  });
  foreign('test', (path) => /(^|\/)(test|tests|__tests__|spec)\//.test(path) || /\.(test|spec)\.[cm]?js$/.test(path));
  foreign('source map', (path) => path.endsWith('.map'));
  foreign('TypeScript', (path) => /\.[cm]?ts$/.test(path));
  foreign('C or C++ source', (path) => /\.(c|cc|cpp|h|hpp|gyp)$/.test(path));
  foreign('benchmark', (path) => /trainer\/bench\//.test(path));
  const { devDependencies, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  foreign('development package', (path) =>
    Object.keys(devDependencies!).some((name) => path.startsWith(`node_modules/${name}/`)),
  );
  for (const name of Object.keys(dependencies!))
    check(
      packed.some((path) => path.startsWith(`node_modules/${name}/`)),
      `has the package ${name}`,
    );

  inspectLicences(packed, folder);

  const fuses = await getCurrentFuseWire(join(folder, 'lookalike-desktop'));
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ];
  const on = [
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    FuseV1Options.OnlyLoadAppFromAsar,
    FuseV1Options.EnableCookieEncryption,
  ];
  check(
    off.every((fuse) => Number(fuses[fuse]) === 48),
    `fuses off: ${off.map((fuse) => FuseV1Options[fuse]).join(', ')}`,
  );
  check(
    on.every((fuse) => Number(fuses[fuse]) === 49),
    `fuses on: ${on.map((fuse) => FuseV1Options[fuse]).join(', ')}`,
  );

  const unpacked = `${archive}.unpacked`;
  for (const { file } of startingWeights)
    check(existsSync(join(unpacked, 'assets/starting', file)), `${file} is unpacked`);
  const natives = files(unpacked).filter((path) => path.endsWith('.node'));
  const require = createRequire(import.meta.url);
  for (const name of ['better-sqlite3', 'onnxruntime-node', '@img'])
    check(
      natives.some((path) => path.includes(`${name}/`)),
      `${name} is unpacked`,
    );
  for (const path of natives) {
    let failure = '';
    try {
      require(path);
    } catch (error) {
      failure = ` (${(error as Error).message})`;
    }
    check(failure === '', `loads: ${relative(unpacked, path)}${failure}`);
  }
  return archive;
}

/** Every package in the archive is listed with its licence, and the list is in the package. */
function inspectLicences(packed: string[], folder: string): void {
  const list = join(folder, 'resources/LICENCES.txt');
  check(existsSync(list), 'has the file of licences');
  if (!existsSync(list)) return;
  const listed = readLicences(readFileSync(list, 'utf8')).sections.flatMap(({ works }) => works);
  const names = new Set(listed.map(({ name }) => name));
  const packages = new Set(
    packed.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
  );
  const missing = [...packages].filter((name) => !names.has(name));
  check(
    missing.length === 0,
    `every package has its licence listed${missing.length > 0 ? `: not ${missing.join(', ')}` : ''}`,
  );
  for (const name of ['libheif-js', '@img'])
    check(
      files(join(folder, 'resources/app.asar.unpacked/node_modules', name)).length > 0,
      `${name}, under the LGPL, can be replaced`,
    );
  const byLicence = Map.groupBy(
    listed.filter(({ name }) => packages.has(name)),
    ({ licence }) => licence,
  );
  console.log('\nlicences of the packages in it:');
  for (const [licence, under] of [...byLicence].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${licence}: ${under.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
  console.log('');
}

/** The packed command line tells its version and opens a home, in Node. */
function runCommands(place: string): void {
  const run = (...args: string[]) => {
    try {
      return execFileSync(process.execPath, [join(place, 'dist/main/src-main/cli/main.js'), ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      return `failed: ${(error as { stderr: string }).stderr}`;
    }
  };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  check(run('--version').trim() === version, `the packed command line answers --version with ${version}`);
  const listed = run('runs', '--json', '--home', join(work, 'command-home'));
  check(!listed.startsWith('failed'), `it lists the runs of a home${listed.startsWith('failed') ? `: ${listed}` : ''}`);
}

/** The packed files alone, where no other node_modules can be found, answer the doctor's call with a self-test of decoder, database and trainer. */
async function runPacked(archive: string): Promise<void> {
  const place = join(work, 'packed');
  extractAll(archive, place);
  runCommands(place);
  const child = fork(
    join(place, 'dist/main/src-main/app/main.js'),
    ['--home', join(work, 'home'), '--kind', 'server'],
    { serialization: 'advanced', execArgv: [] },
  );
  const answer = await new Promise<{
    type?: string;
    error?: { message: string };
    result?: { checks: { name: string; ok: boolean; detail: string }[] };
  }>((resolve) => {
    const limit = setTimeout(() => resolve({ type: 'no answer in 120 s' }), 120_000);
    child.on('message', (message: { type: string }) => {
      if (message.type === 'ready') child.send({ type: 'request', id: 1, method: 'system.doctor', params: null });
      else if (message.type !== 'event') {
        clearTimeout(limit);
        resolve(message);
      }
    });
    child.once('exit', (code) => resolve({ type: `exit ${code}` }));
  });
  check(
    answer.type === 'response',
    `the packed application answers${answer.type === 'response' ? '' : `: ${answer.error?.message ?? answer.type}`}`,
  );
  for (const { name, ok, detail } of answer.result?.checks ?? [])
    if (['history', 'photo decoder', 'computing device'].includes(name)) check(ok, `its ${name}: ${detail}`);
  child.disconnect();
  await new Promise((resolve) =>
    child.exitCode !== null || child.signalCode !== null ? resolve(null) : child.once('exit', resolve),
  );
}

function leftOut(folder: string): void {
  const groups = new Map<string, number>();
  const add = (what: string, path: string): void => {
    if (existsSync(path))
      groups.set(
        what,
        (groups.get(what) ?? 0) + (statSync(path).isDirectory() ? sizeOf(files(path)) : statSync(path).size),
      );
  };
  const modules = join(root, 'node_modules');
  for (const system of ['darwin', 'linux', 'win32'])
    for (const arch of ['arm64', 'x64']) {
      if (`${system}-${arch}` === platform) continue;
      add('onnxruntime-node for other systems', join(modules, 'onnxruntime-node/bin/napi-v6', system, arch));
    }
  for (const path of files(join(modules, 'better-sqlite3/prebuilds')))
    if (!path.endsWith(`/${platform}.node`)) add('better-sqlite3 for other systems', path);
  add("better-sqlite3's sources", join(modules, 'better-sqlite3/deps'));
  add("better-sqlite3's sources", join(modules, 'better-sqlite3/src'));
  for (const name of readdirSync(modules).filter((name) => /^node-(bin-)?(darwin|linux|win)-/.test(name)))
    add(`Node itself (${name})`, join(modules, name));
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  for (const name of Object.keys(devDependencies))
    add(
      `${Object.keys(devDependencies).length} development packages, without their own dependencies`,
      join(modules, name),
    );
  add('the benchmarks', join(root, 'dist/main/src-main/trainer/bench'));
  console.log('\nleft out:');
  for (const [what, bytes] of [...groups].sort((a, b) => b[1] - a[1]))
    console.log(`  ${megabytes(bytes).padStart(9)}  ${what}`);
  const archive = join(folder, 'resources/app.asar');
  const unpacked = files(`${archive}.unpacked`);
  console.log(
    `\nsize without Electron: ${megabytes(statSync(archive).size + sizeOf(unpacked))} (archive ${megabytes(statSync(archive).size)}, unpacked ${megabytes(sizeOf(unpacked))}):`,
  );
  const parts = new Map<string, number>();
  for (const path of unpacked) {
    const name = relative(`${archive}.unpacked/node_modules`, path).split('/').slice(0, 2).join('/');
    parts.set(name, (parts.get(name) ?? 0) + statSync(path).size);
  }
  for (const [name, bytes] of parts) console.log(`  ${megabytes(bytes).padStart(9)}  ${name}`);
}

if (process.platform !== 'linux') {
  console.log('package:check runs on Linux; on other systems run "npm run package".');
} else {
  try {
    const folder = buildFolder();
    const archive = await inspect(folder);
    await runPacked(archive);
    leftOut(folder);
    if (process.argv.includes('--keep')) cpSync(folder, join(root, 'release/stand-in'), { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(problems.length === 0 ? '\nall is as it should be' : `\n${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
