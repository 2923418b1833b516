/** Pairs of augmented views of a person's own photos, made as training makes them, for the form that sets them. */
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { inputShape } from '../../../shared/input.ts';
import type { AppHandlers } from '../../../shared/contract.ts';
import { augmentedPair } from '../../images/augment/index.ts';
import { imageOf, ruleKey, sourceOf } from '../../images/index.ts';
import type { BandImage, ImageSource, PixelRule, RgbImage } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import type { Library } from './library.ts';
import { ruleOf } from './measuring.ts';
import { unhurried } from '../unhurried.ts';

/** Photos kept decoded while a person moves sliders. */
const kept = 48;

/**
 * Bytes that 16-bit values can be read from: those from another process may begin at an odd offset and are then copied.
 */
const whole = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 2 === 0 ? bytes : bytes.slice());

export function previewViews(context: AppContext, library: Library): AppHandlers['library.previewViews'] {
  const decoded = new Map<string, Promise<RgbImage | BandImage>>();

  const photo = (
    id: string,
    source: ImageSource,
    imageSize: number,
    rule: PixelRule,
  ): Promise<RgbImage | BandImage> => {
    const key = `${id} ${imageSize} ${ruleKey(rule)}`;
    const known = decoded.get(key);
    // short side half as long again as the view: a fifth of the area is then still about 0.7 of its size
    const image =
      known ??
      context.pool
        .prepare(source, imageSize, Math.ceil(imageSize * 1.5), context.closing, rule)
        .then(({ training: { data, width, height } }) => imageOf(whole(data), width, height, inputShape(rule)));
    decoded.delete(key);
    decoded.set(key, image);
    image.catch(() => decoded.delete(key));
    for (const oldest of decoded.keys()) {
      if (decoded.size <= kept) break;
      decoded.delete(oldest);
    }
    return image;
  };

  const encode = async (rgb: Uint8Array, size: number) => {
    const webp = await sharp(rgb, { raw: { width: size, height: size, channels: 3 } })
      .webp({ quality: 88, effort: 1 })
      .toBuffer();
    return webp.toString('base64');
  };

  return async ({ datasetId, imageSize, augment, seed, count }, { signal }) => {
    const dataset = library.dataset(datasetId);
    const rule = ruleOf(dataset);
    // which photos: the first by a hash, so that they stay while sliders move; which views: by the seed
    const rank = (id: string) => createHash('sha256').update(`preview\0${id}`).digest('hex');
    const sample = await unhurried(context.store.images.sampling(datasetId, count * 8), signal); // ranking it is enough
    const chosen = sample.map((row) => ({ row, rank: rank(row.id) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
    const size = Math.ceil(imageSize / 4) * 4;
    const pairs: { imageId: string; views: string[] }[] = [];
    for (const { row } of chosen) {
      if (pairs.length === count) break;
      signal.throwIfAborted();
      const { path, part } = library.photos.jobImage(dataset, row);
      const image = await photo(row.id, sourceOf(path, part), imageSize, rule).catch(() => null);
      if (!image) continue; // unreadable: the scan lists it
      const views = augmentedPair(image, augment, seed + pairs.length, size);
      pairs.push({ imageId: row.id, views: await Promise.all(views.map((view) => encode(view, size))) });
    }
    return pairs;
  };
}
