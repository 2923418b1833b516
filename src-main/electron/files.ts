/** Answers app://lookalike/...: the built window's files and photos by id, every answer with the policy in its headers. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { contentSecurityPolicy, hardeningHeaders } from '../../shared/csp.ts';
import { mediaTypes } from '../../shared/mediaTypes.ts';
import { routeOf } from './routes.ts';

export interface Photo {
  bytes: Uint8Array;
  type: string;
}

/** Paths below `folder` as addresses, each with its file; the whole of what can be asked for. Throws where there is no window. */
export function listFiles(folder: string, below = ''): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, file] of listFiles(folder, path)) files.set(name, file);
    else if (mediaTypes[extname(entry.name)]) files.set(path, join(folder, path));
  }
  return files;
}

/** Answers requests for `files` (by `listFiles`) and photos. `photo`: by id, null when there is none. */
export function responder(
  files: ReadonlyMap<string, string>,
  photo: (id: string, size: number, run: string | null) => Promise<Photo | null>,
): (request: Request) => Promise<Response> {
  const headers = (type: string): Record<string, string> => ({
    ...hardeningHeaders,
    'Content-Security-Policy': contentSecurityPolicy({ socket: null }),
    'Content-Type': type,
    'Cache-Control': 'no-store', // photos are private: none stays in a disk cache
  });
  const refuse = (status: number, sentence: string) =>
    new Response(`${sentence}\n`, { status, headers: headers('text/plain; charset=utf-8') });
  const send = (request: Request, bytes: Uint8Array, type: string) =>
    new Response(request.method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), {
      status: 200,
      headers: headers(type),
    });
  return async (request) => {
    const target = routeOf(request.method, request.url, files);
    switch (target.kind) {
      case 'refused':
        return refuse(target.status, target.sentence);
      case 'image': {
        const image = await photo(target.id, target.size, target.run);
        return image ? send(request, image.bytes, image.type) : refuse(404, 'There is no such photo.');
      }
      case 'file':
        return send(request, await readFile(files.get(target.path)!), mediaTypes[extname(target.path)]!);
      default:
        return target satisfies never;
    }
  };
}
