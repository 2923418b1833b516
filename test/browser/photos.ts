/** Small folders of photos for the browser tests: rendered shapes in labelled subfolders, and one file that is no photo. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { random } from '../helpers/random.ts';

const shapes: Record<string, (x: number, y: number, r: number) => string> = {
  circle: (x, y, r) => `<circle cx="${x}" cy="${y}" r="${r}"/>`,
  square: (x, y, r) => `<rect x="${x - r}" y="${y - r}" width="${2 * r}" height="${2 * r}"/>`,
  triangle: (x, y, r) => `<path d="M${x} ${y - r}L${x + r} ${y + r}H${x - r}z"/>`,
  cross: (x, y, r) =>
    `<path d="M${x - r} ${y}H${x + r}M${x} ${y - r}V${y + r}" stroke-width="${r / 2}" stroke="currentColor"/>`,
};

/** `each` photos of 4 shapes; returns the folder. */
export async function renderPhotos(folder: string, each: number): Promise<string> {
  const next = random(7);
  for (const [name, draw] of Object.entries(shapes)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const colour = () => `hsl(${Math.floor(next() * 360)} ${40 + next() * 50}% ${25 + next() * 50}%)`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="${colour()}"/><g fill="${colour()}" color="${colour()}">${draw(30 + next() * 36, 30 + next() * 36, 12 + next() * 16)}</g></svg>`;
      writeFileSync(
        join(folder, name, `${name}-${String(i).padStart(3, '0')}.png`),
        await sharp(Buffer.from(svg)).png().toBuffer(),
      );
    }
  }
  writeFileSync(join(folder, 'broken.jpg'), 'this is not a photo');
  return folder;
}
