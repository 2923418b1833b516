/** A folder of many photos out of a few, for scripts that measure with it. */
import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Fills `folder` with `copies` of the photos of `source` under new names, 1,000 a folder, as links where the disk can. */
export function fillFolder(source: string, folder: string, copies: number, nameOf = (i: number) => `${i}`): void {
  const photos = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(jpe?g|png|webp)$/i.test(name),
  );
  for (let i = 0; i < copies; i++) {
    const inner = join(folder, `part-${String(Math.floor(i / 1000)).padStart(3, '0')}`);
    if (i % 1000 === 0) mkdirSync(inner);
    const from = join(source, photos[i % photos.length]!);
    const to = join(inner, `${nameOf(i)}${extname(from)}`);
    try {
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
}
