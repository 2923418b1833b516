/**
 * Photos as tar files that WebDataset and tarfile read: of each photo what is trained on and what is embedded, as the
 * cache has them (.npy, uint8 [height, width, 3]), with its id, file and label. A photo's members lie beside each other,
 * and photos.jsonl says where, so that photos are read by position in any order.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shardBytes, shardName } from '../../../shared/cluster.ts';
import type { JobImage } from '../../../shared/contract/job.ts';
import { photoName } from '../../../shared/parts.ts';
import { npyHeader, writeStreamAtomic } from '../../files/index.ts';
import type { ImageCache } from '../../images/index.ts';

const block = 512;
const padding = (bytes: number): number => (block - (bytes % block)) % block;

/** The head of a member, as POSIX (ustar) has it: readable by everybody, of no date, so that the same photos are the same bytes. */
function tarHeader(name: string, bytes: number): Uint8Array {
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number) =>
    head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  head.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes, 124, 12);
  octal(0, 136, 12);
  head.fill(0x20, 148, 156); // counts as spaces in its own sum
  head.write('0', 156, 'latin1');
  head.write('ustar\x0000', 257, 'latin1');
  octal(
    head.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return head;
}

/** Where the pixels of a photo lie: bytes from the beginning of the shard. */
export interface PackedPhoto {
  shard: string;
  width: number;
  height: number;
  training: number;
  evaluation: number;
}

/**
 * Writes the photos of the cache into `folder`, in its order.
 * @throws FileError write-failed
 */
export async function writeShards(
  folder: string,
  cache: ImageCache,
  images: ReadonlyMap<string, JobImage>,
  onPhoto: (done: number) => Promise<void>,
): Promise<Map<string, PackedPhoto>> {
  const places = new Map<string, PackedPhoto>();
  const { imageSize } = cache;
  for (let next = 0, number = 0; next < cache.length; number++) {
    const shard = shardName(number);
    const path = join(folder, shard);
    await mkdir(dirname(path), { recursive: true });
    await writeStreamAtomic(path, async (append) => {
      let at = 0;
      /** Writes a member and answers at which byte of the shard its content begins. */
      const member = async (name: string, ...parts: Uint8Array[]): Promise<number> => {
        const bytes = parts.reduce((sum, part) => sum + part.length, 0);
        await append(tarHeader(name, bytes));
        for (const part of parts) await append(part);
        await append(new Uint8Array(padding(bytes)));
        const begins = at + block;
        at = begins + bytes + padding(bytes);
        return begins;
      };
      const pixels = async (name: string, height: number, width: number, data: Uint8Array): Promise<number> => {
        const header = npyHeader('u1', [height, width, 3]);
        return (await member(name, header, data)) + header.length;
      };
      for (; next < cache.length && at < shardBytes; next++) {
        const id = cache.ids[next]!;
        const { training, evaluation } = await cache.healed(() => ({
          training: cache.trainingImage(cache.indexOf(id)),
          evaluation: cache.evaluationBytes(id),
        }));
        const { width, height } = training;
        const { file: of, part = '', label } = images.get(id)!;
        const file = photoName(of, part);
        const key = String(next).padStart(9, '0');
        await member(`${key}.json`, new TextEncoder().encode(JSON.stringify({ id, file, label })));
        places.set(id, {
          shard,
          width,
          height,
          training: await pixels(`${key}.train.npy`, height, width, training.data as Uint8Array),
          evaluation: await pixels(`${key}.eval.npy`, imageSize, imageSize, evaluation),
        });
        await onPhoto(next + 1);
      }
      await append(new Uint8Array(2 * block)); // the end of an archive
    });
  }
  return places;
}
