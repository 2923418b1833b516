/**
 * What an address below app://lookalike/ is: a file of the built window, a photo by its id, or nothing. A pure
 * function of the address and the list of files: no path of a request ever reaches the file system.
 */
import { askedPhoto, askedRun, askedSize, SIZE_REFUSED } from '../../shared/photoAddress.ts';
import { isOwn } from './policy.ts';

export type Target =
  | { kind: 'file'; path: string }
  | { kind: 'image'; id: string; size: number; run: string | null }
  | { kind: 'refused'; status: 400 | 404 | 405; sentence: string };

const nothing: Target = { kind: 'refused', status: 404, sentence: 'There is nothing here.' };

/** `files`: the paths there are, each beginning with '/'; '/' itself is the page. */
export function routeOf(method: string, url: string, files: { has(path: string): boolean }): Target {
  if (method !== 'GET' && method !== 'HEAD')
    return { kind: 'refused', status: 405, sentence: 'Only GET is answered here.' };
  // Looked at as it was written, before a parser resolves '..' or decodes '%2e'.
  const written = url.slice(url.indexOf('://') + 3).split(/[?#]/)[0]!;
  if (!isOwn(url) || /\.\.|%|\\|\/\//.test(written)) return nothing;
  const { pathname, searchParams } = new URL(url);
  const id = askedPhoto(pathname);
  if (id !== null) {
    const size = askedSize(searchParams.get('size'));
    if (size === null) return { kind: 'refused', status: 400, sentence: SIZE_REFUSED };
    return { kind: 'image', id, size, run: askedRun(searchParams.get('run')) };
  }
  const path = pathname === '/' ? '/index.html' : pathname;
  return files.has(path) ? { kind: 'file', path } : nothing;
}
