/**
 * What electron-builder touches of Electron: a binary with a fuse wire, and the files it expects beside it. The binary
 * is a script that goes as far as Node can: it unpacks the archive beside it and runs the command line in it, as
 * Electron would when told by --cli; with anything else it says what it is and ends with 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `node`: absolute path of a Node for the script. */
export function writeStandIn(folder: string, node = process.execPath): string {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  // The sentinel, the wire's version, its length and the fuses as Electron ships them.
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('101100011'),
  ]);
  const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "${node}" "$here/stand-in.mjs" "$here" "$@"
exit 1
`;
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(script), wire]), { mode: 0o755 });
  writeFileSync(join(folder, 'stand-in.mjs'), runner);
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as {
    version: string;
  };
  writeFileSync(join(folder, 'version'), version);
  for (const name of [
    'chrome-sandbox',
    'chrome_crashpad_handler',
    'LICENSE',
    'LICENSES.chromium.html',
    'locales/en-US.pak',
    'locales/zh-CN.pak',
  ])
    writeFileSync(join(folder, name), '');
  return folder;
}

const runner = `import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll } from ${JSON.stringify(join(root, 'node_modules/@electron/asar/lib/asar.js'))};
const [here, ...argv] = process.argv.slice(2);
const at = argv.indexOf('--cli');
if (at < 0) {
  console.error('This is a stand-in for Electron: it runs the command line alone (--cli).');
  process.exit(1);
}
const place = mkdtempSync(join(tmpdir(), 'lookalike-stand-in-'));
extractAll(join(here, 'resources/app.asar'), place);
const { status } = spawnSync(process.execPath, [join(place, 'dist/main/src-main/cli/main.js'), ...argv.slice(at + 1)], { stdio: 'inherit' });
rmSync(place, { recursive: true, force: true });
process.exit(status ?? 1);
`;
