/**
 * The built renderer as a fixed map from URL path to file, read once at start: what is not in the map does not
 * exist, so that no path of a request ever reaches the file system.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { mediaTypes } from '../../shared/mediaTypes.ts';

export interface StaticFile {
  body: Buffer;
  type: string;
  /** Its name holds a hash of its content: it may be kept for ever. */
  immutable: boolean;
}

/** The window was never built. */
export class RendererMissingError extends Error {
  override readonly name = 'RendererMissingError';
  readonly code = 'renderer-missing';
  readonly details: { folder: string };
  constructor(folder: string) {
    super(`the window's files are not in ${folder}: run "npm run build" once`);
    this.details = { folder };
  }
}

/** @throws RendererMissingError when `folder` has no index.html. */
export function staticFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    throw new RendererMissingError(folder);
  }
  for (const entry of entries) {
    const type = mediaTypes[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path, { body: readFileSync(file), type, immutable: path.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (!index) throw new RendererMissingError(folder);
  files.set('/', index);
  return files;
}
