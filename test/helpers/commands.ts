/** The command line over a home of its own and a folder of tiny generated pictures, one of which is broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll } from 'vitest';
import { startCommand } from './commandLine.ts';
import { sharedFolder } from './folders.ts';
import { tinyRun } from './tiny.ts';

export let directory: string;
export let photos: string;
export let home: string;
/** A file of settings for a network that trains in seconds. */
export let config: string;

export const start = (args: string[], more: { home?: string } = {}) => startCommand(args, more.home ?? home);
/** A command to its end, in that home. */
export const run = (...args: string[]) => start(args).ended;

/** Makes them before the tests of a file, and takes them away after. */
export function useCommands(): void {
  directory = sharedFolder('cli');
  beforeAll(async () => {
    photos = join(directory, 'photos');
    home = join(directory, 'home');
    config = join(directory, 'tiny.json');
    const tiny = { ...tinyRun, imageSize: 32, batchSize: 16, epochs: 2, probe: { images: 64 } };
    writeFileSync(config, JSON.stringify(tiny));
    for (const [label, shape] of [
      ['discs', '<circle cx="20" cy="20" r="12"/>'],
      ['bars', '<rect x="5" y="16" width="30" height="8"/>'],
    ] as const) {
      mkdirSync(join(photos, label), { recursive: true });
      for (let i = 0; i < 32; i++) {
        const svg = `<svg width="40" height="40"><rect width="40" height="40" fill="hsl(${i * 11},60%,70%)"/><g fill="hsl(${i * 37},60%,30%)" transform="rotate(${i * 7} 20 20)">${shape}</g></svg>`;
        await sharp(Buffer.from(svg))
          .jpeg()
          .toFile(join(photos, label, `${i}.jpg`));
      }
    }
    writeFileSync(join(photos, 'bars', 'broken.jpg'), 'this is no photo');
  });
}
