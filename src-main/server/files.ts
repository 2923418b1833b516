/**
 * The built renderer as a fixed map from URL path to file, read once at start: what is not in the map does not
 * exist, so that no path of a request ever reaches the file system.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { KeyedError } from '../../shared/errors.ts';
import { mediaTypes } from '../../shared/mediaTypes.ts';

export interface StaticFile {
  body: Buffer;
  type: string;
  /** Its name holds a hash of its content: it may be kept for ever. */
  immutable: boolean;
}

/** The window was never built. */
export class RendererMissingError extends KeyedError<'renderer-missing.folder'> {
  override readonly name = 'RendererMissingError';
}

/** @throws RendererMissingError when `folder` has no index.html. */
export function staticFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    throw new RendererMissingError('renderer-missing.folder', { folder });
  }
  for (const entry of entries) {
    const type = mediaTypes[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path, { body: readFileSync(file), type, immutable: path.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (!index) throw new RendererMissingError('renderer-missing.folder', { folder });
  files.set('/', index);
  return files;
}
