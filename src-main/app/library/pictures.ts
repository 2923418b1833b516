/**
 * Pictures of photos for the window: small ones from the cache of thumbnails, others made when they are asked for, each
 * once however many ask. Leaves keeping them to thumbnails.ts, decoding to the pool.
 */
import { Gone } from '../../db/index.ts';
import { PICTURE_SIDE, sourceOf } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import { factsOf, isAsListed } from './decoding.ts';
import { photoFile, ruleOf } from './measuring.ts';
import { thumbnailSize } from './thumbnails.ts';
import type { Thumbnails } from './thumbnails.ts';

export class Pictures {
  readonly #context: AppContext;
  readonly #thumbnails: Thumbnails;
  readonly #making = new Map<string, Promise<Buffer | Uint8Array>>();

  constructor(context: AppContext, thumbnails: Thumbnails) {
    this.#context = context;
    this.#thumbnails = thumbnails;
  }

  /**
   * WebP at most `size` px on its longer side (256 from the cache, larger ones made for the request), as the folder shows
   * it now or as a run sees it by its own rule; null: no such photo, or unreadable.
   */
  async read(
    imageId: string,
    size: number,
    run: string | null = null,
  ): Promise<{ bytes: Uint8Array; type: string } | null> {
    const row = this.#context.store.images.get(imageId);
    if (!row) return null;
    const dataset = this.#context.store.datasets.get(row.datasetId);
    if (!dataset) return null;
    const rule = (run === null ? undefined : this.#context.store.runs.get(run)?.config.input) ?? ruleOf(dataset);
    const photo = photoFile(dataset, row, rule);
    const type = 'image/webp';
    // of one that is divided a picture was made when it was looked at; a smaller one would be decoded from all of it
    const isDivided = row.gone === Gone.divided;
    const kept = isDivided && size <= PICTURE_SIDE ? PICTURE_SIDE : null;
    const wanted = kept ?? (size <= thumbnailSize ? thumbnailSize : size <= 512 ? 512 : size <= 1024 ? 1024 : 2048);
    const isKept = kept !== null || (!isDivided && wanted <= 512);
    const cached = isKept ? await this.#thumbnails.read(photo, wanted) : null;
    if (cached) return { bytes: cached, type };
    const key = `${imageId} ${wanted} ${photo.rule}`;
    let making = this.#making.get(key);
    if (!making) {
      making = this.#context.pool
        .probe(
          isDivided ? { path: photo.path, part: '' } : sourceOf(photo.path, row.part),
          wanted,
          this.#context.closing,
          rule,
        )
        .then(async (probe) => {
          if (isKept) await this.#thumbnails.write(photo, probe.thumbnail, wanted);
          if (row.width === 0 && row.part === '' && isAsListed(row, probe))
            this.#context.store.images.setFacts([{ id: row.id, ...factsOf(probe) }]);
          return probe.thumbnail;
        });
      this.#making.set(key, making);
      void making.catch(() => {}).finally(() => this.#making.delete(key));
    }
    return making.then(
      (bytes) => ({ bytes, type }),
      () => null,
    );
  }
}
