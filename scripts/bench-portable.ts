/**
 * Writes a folder, and an archive of it, that measures a graphics card in one call on a bare Linux x64 machine without a
 * network: docs/performance/card.md, "A graphics card measured in one call".
 *
 *   npm run bench:portable -- [--out dist/portable] [--no-archive]
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archive, filesIn, FOLDER, writeFolder } from './portable/folder.ts';

/** Most bytes of the archive. */
const MOST = 48e6;

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'dist/portable' }, archive: { type: 'boolean', default: true } },
  allowNegative: true,
});
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();

const folder = join(resolve(values.out), FOLDER);
await writeFolder(folder, commit);
const files = filesIn(folder);
const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
console.log(`${folder}: ${files.length} files, ${megabytes(bytes)}`);
if (values.archive) {
  const file = archive(folder);
  const { size } = statSync(file);
  console.log(`${file}: ${megabytes(size)}`);
  if (size > MOST) {
    console.error(`it is larger than ${megabytes(MOST)}`);
    process.exit(1);
  }
}
console.log(`There: tar -xf ${FOLDER}.tar.xz && ${FOLDER}/bench --out results`);
