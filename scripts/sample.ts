/**
 * Renders the sample photos into dist/sample/photos.pack, which the application then only writes out: part of
 * `npm run build`. What is there and of the present scenes is left.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { builtPack, encodePack, readPack } from '../src-main/app/sample/pack.ts';
import type { PackedPhoto } from '../src-main/app/sample/pack.ts';
import { renderSample } from '../src-main/app/sample/render.ts';
import { writeFileAtomicSync } from '../src-main/files/index.ts';

if ((await readPack(builtPack)) === null) {
  const photos: PackedPhoto[] = [];
  for await (const some of renderSample()) photos.push(...some);
  mkdirSync(dirname(builtPack), { recursive: true });
  writeFileAtomicSync(builtPack, encodePack(photos));
}
