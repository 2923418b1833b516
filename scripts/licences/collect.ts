/** Which works are shipped, from package-lock.json and the tables; what of it is not allowed, as sentences. Pure but for reading texts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LicenceSection, Work } from '../../shared/licences.ts';
import { allowed, bundled, introduction, notShipped, others, texts } from './rules.ts';

export interface LockedPackage {
  version: string;
  license?: string;
  dev?: boolean;
}
export type Lock = Record<string, LockedPackage>;

export const readLock = (root: string): Lock =>
  (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages;

const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

/** Paths in the lock of what is shipped, in their order. */
function shipped(lock: Lock): string[] {
  const isShipped = (path: string): boolean =>
    lock[path]!.dev === true
      ? bundled.includes(path.replace('node_modules/', ''))
      : !notShipped.some((pattern) => pattern.test(nameOf(path)));
  return Object.keys(lock).filter((path) => path !== '' && isShipped(path));
}

/** Whether an SPDX expression can be met with licences that are allowed. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain.split(' OR ').some((way) => way.split(' AND ').every((licence) => allowed.includes(licence.trim())));
}

/** Every shipped work as the lock names it: the same on each system. */
function works(lock: Lock): Work[] {
  return shipped(lock).map((path) => ({
    name: nameOf(path),
    version: lock[path]!.version,
    licence: lock[path]!.license ?? 'unknown',
    source: '',
  }));
}

/** What a list lacks, what it has too much, and what may not be shipped. */
export function problemsOf(lock: Lock, listed: readonly Work[]): string[] {
  const wanted = works(lock);
  const key = ({ name, version, licence }: Work) => `${name} ${version} (${licence})`;
  const has = new Set(listed.map(key));
  const wants = new Set(
    [...wanted, ...others, { name: 'Lookalike', version: '', licence: 'MIT', source: '' }].map(key),
  );
  return [
    ...wanted
      .filter(({ licence }) => !isAllowed(licence))
      .map((work) => `${key(work)}: this licence is not among those that may be shipped (scripts/licences/rules.ts)`),
    ...wanted.filter((work) => !has.has(key(work))).map((work) => `${key(work)} is not listed: run "npm run licences"`),
    ...listed
      .filter((work) => !wants.has(key(work)))
      .map((work) => `${key(work)} is listed and not shipped: run "npm run licences"`),
  ];
}

const licenceFile = /^(licen[cs]e|copying|notice)(\.|-|$)/i;

function textOf(root: string, lock: Lock, path: string): string | null {
  const own = texts[nameOf(path)];
  if (own) return own.map((file) => readFileSync(join(root, 'assets/licences', file), 'utf8')).join('\n\n');
  const folder = join(root, path);
  // Packages for other systems are not installed; they are under the same text as the one for this system.
  const family = /^(@img\/sharp-(?:libvips-)?)/.exec(nameOf(path))?.[1];
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => licenceFile.test(name)) : [];
  if (files.length > 0)
    return files
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n\n');
  const licence = lock[path]!.license ?? '';
  if (licence.startsWith('LGPL')) return readFileSync(join(root, 'assets/licences/LGPL-3.0.txt'), 'utf8');
  if (family) return readFileSync(join(root, 'node_modules/sharp/LICENSE'), 'utf8');
  return licence === 'MIT' ? mit(root, path) : null;
}

/** The licence's words, for a package that names it and forgot the text. */
function mit(root: string, path: string): string {
  const { author, contributors } = manifest(root, path);
  const who = [author, ...(contributors ?? [])]
    .map((person) => (typeof person === 'string' ? person : person?.name))
    .filter(Boolean)
    .join(', ');
  const words = readFileSync(join(root, 'LICENSE'), 'utf8');
  return words.replace(/^Copyright.*$/m, `Copyright (c) ${who || `the authors of ${nameOf(path)}`}`);
}

interface Manifest {
  author?: string | { name: string };
  contributors?: (string | { name: string })[];
  homepage?: string;
  repository?: string | { url: string };
}
const manifest = (root: string, path: string): Manifest => {
  const file = join(root, path, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
};

function sourceOf(root: string, path: string): string {
  const family = /^@img\/sharp-(libvips)?/.exec(nameOf(path));
  if (family) return `https://github.com/lovell/sharp${family[1] ? '-libvips' : ''}`;
  const { repository, homepage } = manifest(root, path);
  const address = (typeof repository === 'string' ? repository : repository?.url) ?? homepage ?? '';
  const plain = address
    .replace(/^git\+/, '')
    .replace(/^(git:|ssh:)(\/\/)(git@)?/, 'https://')
    .replace(/^git@([^:]+):/, 'https://$1/')
    .replace(/\.git$/, '');
  return /^[\w.-]+\/[\w.-]+$/.test(plain)
    ? `https://github.com/${plain}`
    : plain.replace(/^github:/, 'https://github.com/');
}

/** The whole list with its texts; works under the same text share a section. Throws where a text is missing. */
export function collect(root: string): { introduction: string; sections: LicenceSection[] } {
  const lock = readLock(root);
  const tidy = (text: string) =>
    text
      .replace(/\r\n?/g, '\n')
      .replace(/[ \t]+$/gm, '')
      .replace(/^\n+|\n+$/g, '');
  const sections = new Map<string, Work[]>();
  const add = (text: string, work: Work) => sections.set(tidy(text), [...(sections.get(tidy(text)) ?? []), work]);
  const source = '';
  add(readFileSync(join(root, 'LICENSE'), 'utf8'), { name: 'Lookalike', version: '', licence: 'MIT', source });
  for (const path of shipped(lock)) {
    const text = textOf(root, lock, path);
    const work = { name: nameOf(path), version: lock[path]!.version, licence: lock[path]!.license ?? 'unknown' };
    if (text === null)
      throw new Error(`${work.name} brings no licence text: put it into assets/licences and name it in rules.ts`);
    add(text, { ...work, source: sourceOf(root, path) });
  }
  for (const { file, ...work } of others) add(readFileSync(join(root, 'assets/licences', file), 'utf8'), work);
  const libvips = Object.keys(lock).find((path) => /@img\/sharp-libvips-/.test(path) && existsSync(join(root, path)));
  const inside = libvips
    ? readFileSync(join(root, libvips, 'README.md'), 'utf8')
        .match(/^\|.*$/gm)!
        .slice(2)
    : [];
  const list = inside.map((row) => {
    const [, name = '', terms = ''] = row.split('|').map((cell) => cell.trim());
    return `  ${name}: ${terms.replace(/\[([^\]]*)\]\(([^)]*)\)/g, '$1, $2')}`;
  });
  return {
    introduction: tidy(`${introduction}${list.join('\n')}`),
    sections: [...sections].map(([text, under]) => ({ works: under, text })),
  };
}
