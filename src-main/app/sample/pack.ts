/**
 * The sample photos as the build rendered them, in one file beside the program (scripts/sample.ts makes it): writing
 * them out takes a hundredth of the time of rendering. A program without the file, or with one that other scenes were
 * rendered to, renders.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { checksum } from '../../files/index.ts';
import { motifs } from './motifs.ts';
import { sampleScene } from './scene.ts';

export interface PackedPhoto {
  className: string;
  index: number;
  jpeg: Uint8Array;
}

const up = import.meta.url.endsWith('.ts') ? '../../../dist' : '../../../..';
/** Where the build puts it: dist/sample, from a checkout and from the compiled program alike. */
export const builtPack = fileURLToPath(new URL(`${up}/sample/photos.pack`, import.meta.url));

/** What a pack has to be of: a hash of some scenes as this program draws them. */
function scenesHash(): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(motifs)) hash.update(sampleScene(name, 0)).update(sampleScene(name, 1));
  return hash.digest('hex').slice(0, 16);
}

const Head = z.object({
  scenes: z.string(),
  checksum: z.string(),
  photos: z.array(z.tuple([z.string(), z.int().min(0), z.int().min(1)])),
});

/** The bytes of a pack: a line of JSON, then the photos one after another. */
export function encodePack(photos: readonly PackedPhoto[]): Buffer {
  const head: z.infer<typeof Head> = {
    scenes: scenesHash(),
    checksum: checksum(...photos.map(({ jpeg }) => jpeg)),
    photos: photos.map(({ className, index, jpeg }) => [className, index, jpeg.length]),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...photos.map(({ jpeg }) => jpeg)]);
}

/** The photos of the pack at `path`; null where there is none, where it is damaged, or of other scenes. */
export async function readPack(path: string): Promise<PackedPhoto[] | null> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return null;
  const end = bytes.indexOf('\n');
  try {
    const head = Head.parse(JSON.parse(bytes.toString('utf8', 0, end)));
    const data = bytes.subarray(end + 1);
    if (head.scenes !== scenesHash() || head.checksum !== checksum(data)) return null;
    let at = 0;
    return head.photos.map(([className, index, length]) => ({
      className,
      index,
      jpeg: data.subarray(at, (at += length)),
    }));
  } catch {
    return null; // of another version, or cut off: it is rendered
  }
}
