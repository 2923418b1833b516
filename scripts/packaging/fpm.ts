/**
 * Stands where electron-builder calls fpm (CUSTOM_FPM_PATH): the same arguments, a deb by dpkg-deb, an rpm by rpmbuild.
 * fpm itself is a download of electron-builder's; these two are in every Debian. Understands what electron-builder
 * says and refuses the rest.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Order {
  format: 'deb' | 'rpm';
  /** The last value of each option, by its long name. */
  options: Record<string, string>;
  depends: string[];
  recommends: string[];
  /** What is packed and where it is installed; of a source that ends in a slash the content is meant. */
  files: { from: string; to: string }[];
}

const flags = new Set(['--force', '--debug']);
const lists = new Map([
  ['-d', 'depends'],
  ['--deb-recommends', 'recommends'],
] as const);

export function readOrder(argv: readonly string[]): Order {
  const order: Order = { format: 'deb', options: {}, depends: [], recommends: [], files: [] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    const list = lists.get(word as '-d');
    if (flags.has(word)) continue;
    if (list) order[list].push(argv[++i]!);
    else if (word.startsWith('-')) order.options[word.replace(/^-+/, '')] = argv[++i]!;
    else {
      const at = word.lastIndexOf('=');
      if (at < 0) throw new Error(`'${word}' says no target`);
      order.files.push({ from: word.slice(0, at), to: word.slice(at + 1) });
    }
  }
  if (order.options.s !== 'dir') throw new Error(`takes folders (-s dir), not '${order.options.s}'`);
  const format = order.options.t;
  if (format !== 'deb' && format !== 'rpm') throw new Error(`makes deb and rpm, not '${format}'`);
  return { ...order, format };
}

/** Files and folders below `folder`, as paths inside it with a leading slash. */
function below(folder: string): { folders: string[]; files: string[] } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const path = (entry: { parentPath: string; name: string }) =>
    `/${relative(folder, join(entry.parentPath, entry.name))}`;
  return {
    folders: entries.filter((entry) => entry.isDirectory()).map(path),
    files: entries.filter((entry) => !entry.isDirectory()).map(path),
  };
}

function stage({ files }: Order, folder: string): void {
  for (const { from, to } of files) {
    const target = join(folder, to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from, target, { recursive: true, verbatimSymlinks: true });
  }
  for (const path of below(folder).folders) chmodSync(join(folder, path), 0o755);
}

/** A paragraph of a control file: further lines are indented, empty ones are a dot. */
const folded = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line, i) => (i === 0 ? line.trim() : ` ${line.trim() || '.'}`))
    .join('\n');

/** The address of a project that has one; a name that can never be one stands for none. */
const addressOf = (url: string | undefined): string | undefined => (url?.endsWith('.invalid') ? undefined : url);

export function control({ options, depends, recommends }: Order, kilobytes: number): string {
  const rows: [string, string | undefined][] = [
    ['Package', options.name],
    ['Version', options.version],
    ['Architecture', options.architecture],
    ['Maintainer', options.maintainer],
    ['Installed-Size', String(kilobytes)],
    ['Depends', depends.join(', ')],
    ['Recommends', recommends.join(', ')],
    ['Section', options.category ?? 'graphics'],
    ['Priority', options['deb-priority']],
    ['Homepage', addressOf(options.url)],
    ['Description', folded(options.description ?? '')],
  ];
  return rows
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function deb(order: Order, folder: string): void {
  const { files } = below(folder);
  const bytes = files.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
  const about = join(folder, 'DEBIAN');
  mkdirSync(about);
  writeFileSync(join(about, 'control'), control(order, Math.ceil(bytes / 1024)));
  const sum = (path: string) =>
    createHash('md5')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  writeFileSync(join(about, 'md5sums'), files.map((path) => `${sum(path)}  ${path.slice(1)}\n`).join(''));
  for (const [option, name] of [
    ['after-install', 'postinst'],
    ['after-remove', 'postrm'],
  ] as const)
    if (order.options[option]) {
      cpSync(order.options[option], join(about, name));
      chmodSync(join(about, name), 0o755);
    }
  const compression = `-Z${order.options['deb-compression'] ?? 'xz'}`;
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', compression, folder, order.options.package!], {
    stdio: 'inherit',
  });
}

export function spec({ options, depends }: Order, folders: string[], files: string[]): string {
  const script = (section: string, file: string | undefined) =>
    file
      ? `\n${section} -p /bin/bash\n${readFileSync(file, 'utf8')
          .replace(/^#!.*\n/, '')
          .replaceAll('%', '%%')}`
      : '';
  // Folders of the system belong to the system.
  const own = folders.filter((path) => path.startsWith('/opt/') || path.startsWith('/usr/share/doc/'));
  return `Name: ${options.name}
Version: ${options.version!.replaceAll('-', '_')}
Release: ${options.iteration ?? 1}
Summary: ${options['rpm-summary'] ?? options.name}
License: ${options.license ?? 'unknown'}
${addressOf(options.url) ? `URL: ${options.url}\n` : ''}Vendor: ${options.vendor}
Packager: ${options.maintainer}
AutoReqProv: no
${depends.map((name) => `Requires: ${name}\n`).join('')}
%description
${options.description!.trim()}
${script('%post', options['after-install'])}${script('%postun', options['after-remove'])}
%files
%defattr(-,root,root,-)
${own.map((path) => `%dir "${path}"\n`).join('')}${files.map((path) => `"${path}"\n`).join('')}`;
}

function rpm(order: Order, folder: string, work: string): void {
  const { folders, files } = below(folder);
  writeFileSync(join(work, 'package.spec'), spec(order, folders, files));
  const top = join(work, 'rpm');
  const defines = {
    _topdir: top,
    _rpmdir: top,
    _rpmfilename: 'package.rpm',
    _build_id_links: 'none', // of binaries that are others'
    __os_install_post: '%{nil}', // no stripping either
    _binary_payload: 'w6.xzdio',
  };
  const words = Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  const machine = { amd64: 'x86_64', x64: 'x86_64', arm64: 'aarch64' }[order.options.architecture!];
  const target = machine ?? order.options.architecture!;
  execFileSync(
    'rpmbuild',
    ['-bb', '--quiet', '--target', target, '--buildroot', folder, ...words, join(work, 'package.spec')],
    { stdio: 'inherit' },
  );
  cpSync(join(top, 'package.rpm'), order.options.package!);
}

/** Makes the package; gives its path. */
function make(order: Order): string {
  const work = mkdtempSync(join(tmpdir(), 'lookalike-fpm-'));
  try {
    const folder = join(work, 'root');
    mkdirSync(folder);
    stage(order, folder);
    if (order.format === 'deb') deb(order, folder);
    else rpm(order, folder, work);
    return order.options.package!;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(make(readOrder(process.argv.slice(2))));
