/**
 * `npm run package:rehearse`: builds the Linux packages and a rehearsal of the Windows installer around a stand-in for
 * Electron, installs each where it can be thrown away, lists it, starts it as far as the stand-in goes, removes it with
 * the home untouched, and proves the signing by a certificate of its own. Prints sizes, and what stays untried.
 *
 * Wants what Debian calls rpm, nsis, osslsigncode and (to run the Windows installer) wine64, and root for the throwaway
 * system; where one is missing it says so and goes on. `--keep DIR` keeps the packages.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, compile } from './packaging/build.ts';
import { writeStandIn } from './packaging/standIn.ts';
import { ThrowawayRoot } from './packaging/throwaway.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'lookalike-rehearsal-'));
const output = join(work, 'release');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const problems: string[] = [];
const untried: string[] = [];
const sizes: [string, number][] = [];
const check = (ok: boolean, sentence: string, detail = ''): boolean => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${sentence}`);
  if (!ok) {
    problems.push(sentence);
    if (detail) console.log(detail.trim().replace(/^/gm, '       '));
  }
  return ok;
};
const has = (command: string) => spawnSync('which', [command]).status === 0;
/** Debian keeps it out of the path, as it is meant to be started by a script of another package. */
const wine64 = ['wine64', '/usr/lib/wine/wine64'].find(has);

/** Names and contents of a folder, or null where it is gone. */
function fingerprint(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const path of paths) hash.update(relative(folder, path)).update(readFileSync(path));
  return paths.length > 0 ? hash.digest('hex') : null;
}

function buildLinux(): string {
  const folder = join(output, 'linux-unpacked');
  compile();
  const where = [`-c.electronDist=${writeStandIn(join(work, 'electron'))}`, `-c.directories.output=${output}`];
  build(['--linux', 'dir', ...where]);
  const fpm = join(work, 'fpm');
  const program = join(root, 'scripts/packaging/fpm.ts');
  writeFileSync(fpm, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`, { mode: 0o755 });
  const formats = ['deb', ...(has('rpmbuild') ? ['rpm'] : [])];
  if (formats.length < 2) untried.push('rpm: rpmbuild is not installed (Debian: rpm)');
  build(['--linux', ...formats, '--prepackaged', folder, ...where], { CUSTOM_FPM_PATH: fpm });
  return folder;
}

interface System {
  file: string;
  install: string;
  list: string;
  remove: string;
}

function rehearseLinux(format: 'deb' | 'rpm'): void {
  const file = readdirSync(output).find((name) => name.endsWith(`.${format}`));
  if (!check(file !== undefined, `${format}: is built`)) return;
  sizes.push([file!, statSync(join(output, file!)).size]);
  const throwaway = new ThrowawayRoot(join(work, format), [root, work]);
  const why = throwaway.whyNot();
  if (why) return void untried.push(`installing the ${format}: ${why}`);
  const path = join(output, file!);
  // What Electron needs of the system is not installed here: the stand-in needs none of it.
  const { install, list, remove }: System =
    format === 'deb'
      ? {
          file: path,
          install: `dpkg -i --force-depends ${path}`,
          list: "dpkg-query -W -f '${Status} ${Version}' lookalike",
          remove: 'dpkg -r lookalike',
        }
      : { file: path, install: `rpm -i --nodeps ${path}`, list: 'rpm -q lookalike', remove: 'rpm -e lookalike' };
  const installed = throwaway.run(install);
  check(installed.ok, `${format}: installs`, installed.output);
  const listed = throwaway.run(list);
  check(listed.ok && listed.output.includes(version), `${format}: is listed: ${listed.output.trim().split('\n')[0]}`);
  check(
    existsSync(join(throwaway.written, 'usr/share/applications/lookalike-desktop.desktop')),
    `${format}: is in the menu`,
  );
  check(existsSync(join(throwaway.written, 'usr/share/doc/lookalike/copyright')), `${format}: brings its licences`);
  const env = { LOOKALIKE_HOME: '/srv/lookalike-home' };
  const launcher = '/opt/Lookalike/resources/bin/lookalike';
  const told = throwaway.run(`${launcher} --version && lookalike-desktop --cli --version`, env);
  check(
    told.output.trim() === `${version}\n${version}`,
    `${format}: starts, by its launcher and from the PATH`,
    told.output,
  );
  const runs = throwaway.run(`${launcher} sample /srv/photos --json && ${launcher} runs --json`, env);
  check(runs.ok, `${format}: works in a home`, runs.output);
  const home = join(throwaway.written, env.LOOKALIKE_HOME);
  const before = [fingerprint(home), fingerprint(join(throwaway.written, 'srv/photos'))];
  const removed = throwaway.run(remove);
  check(removed.ok, `${format}: is removed`, removed.output);
  const left = throwaway.run(
    'ls -d /opt/Lookalike /usr/bin/lookalike-desktop /usr/share/applications/lookalike* 2>/dev/null',
  ).output;
  check(left.trim() === '', `${format}: leaves nothing of its own`, left);
  const after = [fingerprint(home), fingerprint(join(throwaway.written, 'srv/photos'))];
  check(
    before.every((hash, i) => hash !== null && hash === after[i]),
    `${format}: leaves the home and the photos as they were`,
  );
}

/** A certificate of the rehearsal's own, for code. */
function certificate(): { key: string; certificate: string } {
  const paths = { key: join(work, 'key.pem'), certificate: join(work, 'certificate.pem') };
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=Lookalike rehearsal',
      '-addext',
      'extendedKeyUsage=codeSigning',
      '-keyout',
      paths.key,
      '-out',
      paths.certificate,
    ],
    { stdio: 'ignore' },
  );
  return paths;
}

function rehearseWindows(folder: string): void {
  if (!has('makensis'))
    return void untried.push('the rehearsal of the Windows installer: makensis is not installed (Debian: nsis)');
  const setup = join(output, `Lookalike-Setup-${version}-rehearsal.exe`);
  const script = join(root, 'scripts/packaging/rehearsal.nsi');
  const made = spawnSync(
    'makensis',
    ['-V2', `-DSOURCE=${folder}`, `-DOUTPUT=${setup}`, `-DVERSION=${version}`, script],
    { encoding: 'utf8' },
  );
  if (!check(made.status === 0, 'NSIS: is built', made.stdout + made.stderr)) return;
  sizes.push([basename(setup), statSync(setup).size]);
  rehearseSigning(setup);
  if (wine64 !== undefined) installInWine(wine64, setup);
  else untried.push('running the rehearsal of the Windows installer: wine64 is not installed');
}

function rehearseSigning(setup: string): void {
  if (!has('osslsigncode')) return void untried.push('signing: osslsigncode is not installed');
  const pem = certificate();
  const signed = `${setup}.signed`;
  const made = spawnSync(
    'osslsigncode',
    [
      'sign',
      '-h',
      'sha256',
      '-n',
      'Lookalike',
      '-certs',
      pem.certificate,
      '-key',
      pem.key,
      '-in',
      setup,
      '-out',
      signed,
    ],
    { encoding: 'utf8' },
  );
  check(made.status === 0, 'signature: made with a test certificate', made.stdout + made.stderr);
  const verify = (file: string) =>
    spawnSync('osslsigncode', ['verify', '-CAfile', pem.certificate, '-in', file], { encoding: 'utf8' });
  check(verify(signed).status === 0, 'signature: verifies', verify(signed).stdout);
  const bytes = readFileSync(signed);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(`${signed}.bad`, bytes);
  check(verify(`${signed}.bad`).status !== 0, 'signature: does not verify with one bit changed');
  check(verify(setup).status !== 0, 'signature: does not verify where there is none');
  cpSync(signed, setup);
  rmSync(signed);
  rmSync(`${signed}.bad`);
}

function installInWine(program: string, setup: string): void {
  const prefix = join(work, 'wine');
  const wine = (...args: string[]) =>
    spawnSync(program, args, {
      encoding: 'utf8',
      timeout: 300_000,
      env: { ...process.env, WINEPREFIX: prefix, WINEDEBUG: '-all', DISPLAY: '', WINEDLLOVERRIDES: 'mscoree,mshtml=' },
    });
  const entry = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Lookalike';
  const installed = wine(setup, '/S', '/D=C:\\Lookalike');
  const folder = join(prefix, 'drive_c/Lookalike');
  check(
    installed.status === 0 && existsSync(join(folder, 'resources/app.asar')),
    'NSIS: installs (in Wine)',
    installed.stderr,
  );
  const listed = wine('reg', 'query', entry, '/v', 'DisplayVersion').stdout;
  check(listed.includes(version), 'NSIS: is listed among the installed programs');
  const home = join(prefix, 'drive_c/home');
  mkdirSync(join(home, 'runs/kept'), { recursive: true });
  writeFileSync(join(home, 'runs/kept/checkpoint.safetensors'), 'kept');
  const before = fingerprint(home);
  // _?= keeps it where it is, so that its end can be waited for; it then cannot delete itself.
  wine(join(folder, 'Uninstall Lookalike.exe'), '/S', '_?=C:\\Lookalike');
  const left = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('Uninstall')) : [];
  check(left.length === 0, 'NSIS: is removed', left.join('\n'));
  check(wine('reg', 'query', entry).status !== 0, 'NSIS: is listed no longer');
  check(fingerprint(home) === before, 'NSIS: leaves the home as it was');
}

if (process.platform !== 'linux') {
  console.log('package:rehearse runs on Linux; the release workflow builds the real packages on each system.');
} else {
  try {
    const folder = buildLinux();
    rehearseLinux('deb');
    if (has('rpmbuild')) rehearseLinux('rpm');
    rehearseWindows(folder);
    const keep = process.argv.indexOf('--keep');
    if (keep > 0)
      for (const [name] of sizes) cpSync(join(output, name), join(process.argv[keep + 1]!, name), { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log('\nsizes, without Electron (which adds some 110 MB):');
  for (const [name, bytes] of sizes) console.log(`  ${`${(bytes / 1e6).toFixed(1)} MB`.padStart(9)}  ${name}`);
  console.log('\nuntried until the release workflow runs with an Electron:');
  for (const what of ["AppImage, electron-builder's own NSIS, dmg, zip and notarisation", ...untried])
    console.log(`  ${what}`);
  console.log(problems.length === 0 ? '\nall is as it should be' : `\n${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
