/** Some of a folder's measured files as they are and as its rule shows them, for a person to see before training. */
import type { AppHandlers } from '../../../shared/contract.ts';
import { defaultRule, ImageError } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import type { Library } from './library.ts';
import { findingsOf, ruleOf } from './measuring.ts';
import { photoPath } from './photos.ts';

/** Longest side, px. */
const SIDE = 128;

/** Files that cannot be read any more are left out: the scan lists them. */
export function examplePictures({ pool, store }: AppContext, library: Library): AppHandlers['library.examples'] {
  return async ({ datasetId }, { signal }) => {
    const dataset = library.dataset(datasetId);
    const rule = ruleOf(dataset);
    const asItIs = { ...rule, rule: 'photo' as const, ranges: defaultRule.ranges };
    const isDivided = store.images.anyParts(datasetId); // such files may be too large to be decoded whole
    const picture = async (file: string, by: typeof rule) => {
      const path = photoPath(dataset, { file });
      const { thumbnail } = await pool.probe(isDivided ? { path, part: '' } : path, SIDE, signal, by);
      return Buffer.from(thumbnail).toString('base64');
    };
    const pairs = await Promise.all(
      findingsOf(dataset).examples.map(async (file) => {
        try {
          return [{ file, before: await picture(file, asItIs), after: await picture(file, rule) }];
        } catch (error) {
          if (error instanceof ImageError) return [];
          throw error;
        }
      }),
    );
    return pairs.flat();
  };
}
