/**
 * Writes photos so dim that their darkest and brightest pixel lie seven levels of 255 apart: three classes of blobs
 * that a network can learn to tell apart, as a microscope with too short an exposure would show them. For the verdict,
 * which must not take photos that lie close together for a collapse.
 *
 *   node scripts/dim-photos.ts FOLDER
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const [WIDTH, HEIGHT, LEVELS, PHOTOS] = [128, 96, 7, 150];
const folder = process.argv[2];
if (!folder) {
  process.stderr.write('usage: node scripts/dim-photos.ts FOLDER\n');
  process.exit(2);
}

let state = 1;
/** The next of a series of random numbers in [0, 1), the same series at each start. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

/** How bright a blob is at a distance from its centre. */
const classes: Record<string, { count: number; shape: (distance: number) => number }> = {
  specks: { count: 40, shape: (distance) => Math.exp(-((distance / 3) ** 2) / 2) },
  discs: { count: 16, shape: (distance) => Math.exp(-((distance / 6) ** 2) / 2) },
  rings: { count: 16, shape: (distance) => Math.exp(-((distance - 6) ** 2) / 6) },
};

for (const [name, { count, shape }] of Object.entries(classes)) {
  mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < PHOTOS; i++) {
    const blobs = Array.from(
      { length: count },
      () => [WIDTH * random(), HEIGHT * random(), 0.4 + 0.6 * random()] as const,
    );
    const light = Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
      const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
      return blobs.reduce((sum, [bx, by, bright]) => sum + bright * shape(Math.hypot(x - bx, y - by)), 0);
    });
    const most = light.reduce((a, b) => Math.max(a, b), 0);
    const exposure = (LEVELS * (0.6 + 0.4 * random())) / most;
    const pixels = Uint8Array.from(light, (x) => Math.max(0, Math.round(x * exposure + 0.3 * (random() - 0.5))));
    await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
      .png()
      .toFile(join(folder, name, `${String(i).padStart(3, '0')}.png`));
  }
}
