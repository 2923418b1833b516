/** What embed.py says it wrote is read a piece at a time, as JSON says it, wherever a piece ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIndex } from '../../src-main/trainer/cluster/lists.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { random } from '../helpers/random.ts';

const folder = sharedFolder('index');
const file = join(folder, 'index.json');

test('is what was written, brackets, quotes and letters of several bytes among it', async () => {
  const next = random(7);
  const letters = [...'ab0-[]{},:"\\é编😀'];
  const id = () =>
    Array.from({ length: 4 + Math.floor(next() * 9) }, () => letters[Math.floor(next() * letters.length)]).join('');
  const parts = [40_000, 0, 1, 40_000].map((length, i) => ({
    file: `part-0000${i}.npy`,
    ids: Array.from({ length }, (_, row) => id() + row),
    crc: '0123abcd',
  }));
  for (const blanks of [undefined, 1]) {
    writeFileSync(file, JSON.stringify({ step: 3, epoch: 1.5, dimensions: 64, parts }, null, blanks));
    const index = await readIndex(file);
    expect({ ...index, parts: [] }).toEqual({ step: 3, dimensions: 64, parts: [] });
    expect(index!.parts.map(({ ids, ...part }) => ({ ...part, ids: [...ids] }))).toEqual(parts);
  }
});

test.each([
  ['nothing', ''],
  ['cut off in the ids', '{"step":3,"dimensions":64,"parts":[{"file":"part-0.npy","ids":["a","b'],
  ['cut off behind them', '{"step":3,"dimensions":64,"parts":[{"file":"part-0.npy","ids":["a"]'],
  ['ids that are none', '{"step":3,"dimensions":64,"parts":[{"file":"part-0.npy","crc":"0","ids":[1]}]}'],
  ['ids that are no list', '{"step":3,"dimensions":64,"parts":[{"file":"part-0.npy","crc":"0","ids":{"a":1}}]}'],
  ['lists in lists', '{"step":3,"dimensions":64,"parts":[{"file":"part-0.npy","crc":"0","ids":[["a"]]}]}'],
  ['a file elsewhere', '{"step":3,"dimensions":64,"parts":[{"file":"../part-0.npy","crc":"0","ids":["a"]}]}'],
  ['more ends than beginnings', ']]]]}}'],
  ['a text without an end', `{"step":"${'a'.repeat(9 << 20)}`],
])('is refused where it holds %s', async (_what, text) => {
  writeFileSync(file, text);
  await expect(readIndex(file)).rejects.toMatchObject({ key: 'bad-result.part' });
});

test('is none where there is no file', async () => {
  expect(await readIndex(join(folder, 'nothing'))).toBeNull();
});
