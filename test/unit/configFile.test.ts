/** A file of settings that is none, or is one in an unusual way. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig, patchFromAssignment } from '../../shared/config.ts';
import { configFile } from '../../src-main/cli/configFile.ts';
import { readNamed } from '../../src-main/cli/namedFile.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('config-file');
const named = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('begins with the mark that editors on Windows write', async () => {
  expect(await configFile(named('marked.json', '\ufeff{"epochs":3}'))).toEqual({ epochs: 3 });
});

test.each([
  ['is not there', () => join(folder, 'none.json'), /none\.json cannot be read \(ENOENT\): check its path$/],
  [
    'is too large to be read into memory',
    () => {
      const file = named('large.json', '');
      truncateSync(file, 2e9); // without taking room on the disk
      return file;
    },
    /large\.json is larger than 1\.0 MB: check its path$/,
  ],
  [
    'goes deeper than a stack',
    () => named('deep.json', '{"a":'.repeat(5000) + '1' + '}'.repeat(5000)),
    /it is no JSON object of settings/,
  ],
  ['is a folder', () => folder, /cannot be used: .* is not a file but a folder/],
])('one that %s is refused in our own words', async (_, make, sentence) => {
  await expect(configFile(make())).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(sentence) });
});

test('a file that no string could hold is not read either', async () => {
  const file = named('long.csv', '');
  truncateSync(file, 3e9);
  await expect(readNamed(file)).rejects.toThrow(/long\.csv is larger than 500\.0 MB: check its path$/);
});

test('a number without an end is called that, and a long value is cut', () => {
  expect(() => parseConfig(patchFromAssignment('epochs=1e400'))).toThrow('epochs = Infinity: ');
  expect(() => parseConfig(patchFromAssignment(`method=${'x'.repeat(3000)}`))).toThrow(/^.{80,200}set it to one of/);
});
