/** Rows of photos that only a database knows, for what is measured on it. */
import type { openStore } from '../../src-main/db/index.ts';

/** Adds `count` photos of a hundred classes, ten thousand at a time. */
export function addPhotos({ images }: Pick<ReturnType<typeof openStore>, 'images'>, dataset: string, count: number) {
  for (let from = 0; from < count; from += 10_000)
    images.add(
      dataset,
      Array.from({ length: Math.min(10_000, count - from) }, (_, i) => ({
        file: `${(from + i) % 100}/${from + i}.jpg`,
        bytes: 1000,
        modified: 1,
        content: null,
        label: `${(from + i) % 100}`,
        heldOut: false,
      })),
    );
}
