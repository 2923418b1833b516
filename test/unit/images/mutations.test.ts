/** A few damaged files of each kind: decoded or refused in words, never anything else. `node scripts/mutations.ts` tries thousands. */
import { expect, it } from 'vitest';
import { decodeBytes, ImageError } from '../../../src-main/images/index.ts';
import { mutated } from '../../helpers/mutations.ts';
import { seeds } from '../../helpers/seeds.ts';

const FEW = 12;
const files = await seeds();

it.each(Object.keys(files))('%s', async (kind) => {
  for (const file of files[kind]!) await decodeBytes('whole', file); // the seeds are sound
  let refused = 0;
  for (let i = 0; i < FEW; i++) {
    const file = mutated(files[kind]![i % files[kind]!.length]!, i);
    try {
      const { data, width, height } = await decodeBytes('mutation', file, { maxPixels: 1e6 });
      expect(data).toHaveLength(3 * width * height);
    } catch (error) {
      expect(error).toBeInstanceOf(ImageError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(0);
});
