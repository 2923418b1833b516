/** What `lookalike find` lists. */
import { expect, test } from 'vitest';
import { ranked } from '../../src-main/cli/commands/tags.ts';

test('each photo stands beside its own probability, also where another is gone meanwhile', () => {
  const candidates = [0.9, 0.8, 0.7].map((probability, i) => ({ imageId: `p${i}`, probability }));
  const photos = ['p0', 'p2'].map((id) => ({ id, path: `/${id}.jpg` })); // as photos.list answers
  expect(ranked(candidates, photos)).toEqual([
    { file: '/p0.jpg', probability: 0.9 },
    { file: '/p2.jpg', probability: 0.7 },
  ]);
});
