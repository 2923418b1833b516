/** Pictures out of parts of the cache: a photo that is gone is black, and takes no other's away. */
import { expect, it } from 'vitest';
import { Pictures } from '../../src-main/trainer/pictures.ts';

const part = (...ids: string[]) => ({
  ids,
  has: (id: string) => ids.includes(id),
  healed: <T>(read: () => T) => Promise.resolve(read()),
  evaluationBytes: (id: string) => Uint8Array.of(Number(id)),
});

it('gives each photo its own, and black to those that no part has', async () => {
  let closed = false;
  async function* parts() {
    try {
      yield part('1', '3'); // 2 and 4 cannot be read any more
      yield part('5');
      yield part(); // neither can 6 and 7
      yield part('8', '9');
    } finally {
      closed = true;
    }
  }
  const ids = [...'123456789'];
  const pictures = new Pictures(parts(), ids, 1);
  const seen: number[] = [];
  // 0: taken out of the library, so that it is in no part at all
  for (const id of ['0', ...ids.slice(0, 4), '0', ...ids.slice(4)]) seen.push((await pictures.of(id))[0]!);
  expect(seen).toEqual([0, 1, 0, 3, 0, 0, 5, 0, 0, 8, 9]);
  await pictures.close();
  expect(closed).toBe(true);
});
