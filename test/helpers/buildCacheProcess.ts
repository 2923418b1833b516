/** Builds a cache in a process of its own, so that a test can kill it: argv is the photos' folder and the cache's. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildCache } from '../../src-main/images/index.ts';

const [photos, directory] = process.argv.slice(2) as [string, string];
const files = readdirSync(photos)
  .sort()
  .map((name) => ({ id: name, path: join(photos, name) }));
await buildCache({
  files,
  directory,
  imageSize: 32,
  workers: 1,
  onProgress: ({ done }) => process.stdout.write(`${done}\n`),
});
