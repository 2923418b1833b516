/**
 * Renders the program's icons from the one drawing (src-renderer/public/icon.svg): PNG for Linux and the window,
 * ICO for Windows, ICNS for macOS, and the tray's. Run after changing the drawing; the results are committed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const drawing = readFileSync(file('src-renderer/public/icon.svg'), 'utf8');

/** macOS draws icons with a margin of a tenth around them; the others fill their square. */
const withMargin = drawing.replace('viewBox="0 0 64 64"', 'viewBox="-6.25 -6.25 76.5 76.5"');
/** The tray's on macOS is a black mask: the two circles and what they share, without the ground. */
const mask = drawing
  .replace(/<rect[^>]*\/>/, '')
  .replaceAll('#fff', '#000')
  .replace('viewBox="0 0 64 64"', 'viewBox="8 8 48 48"');

const png = (svg: string, size: number): Promise<Buffer> =>
  sharp(Buffer.from(svg), { density: (72 * size) / 64 })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();

/** Icon file of Windows: a directory of PNG images (since Vista), each at most 256 px. */
function ico(images: { size: number; bytes: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2); // icon
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, bytes }, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at); // 0 stands for 256
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4); // planes
    head.writeUInt16LE(32, at + 6); // bits a pixel
    head.writeUInt32LE(bytes.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += bytes.length;
  });
  return Buffer.concat([head, ...images.map(({ bytes }) => bytes)]);
}

/** Icon file of macOS: named chunks, each a PNG image of the size its name stands for. */
function icns(images: { name: string; bytes: Buffer }[]): Buffer {
  const chunk = (name: string, bytes: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32BE(bytes.length + 8, 4);
    return Buffer.concat([head, bytes]);
  };
  return chunk('icns', Buffer.concat(images.map(({ name, bytes }) => chunk(name, bytes))));
}

const write = (path: string, bytes: Buffer): void => {
  writeFileSync(file(`assets/${path}`), bytes);
  console.log(`assets/${path} ${bytes.length} bytes`);
};

mkdirSync(file('assets/icons'), { recursive: true });
mkdirSync(file('assets/linux'), { recursive: true });
for (const size of [16, 32, 48, 64, 128, 256, 512]) write(`linux/${size}x${size}.png`, await png(drawing, size));
write('icons/window.png', await png(drawing, 256));
for (const [suffix, size] of [
  ['', 16],
  ['@2x', 32],
  ['@3x', 48],
] as const) {
  write(`icons/tray${suffix}.png`, await png(drawing, size));
  write(`icons/trayTemplate${suffix}.png`, await png(mask, size));
}
write(
  'icon.ico',
  ico(
    await Promise.all([16, 24, 32, 48, 64, 128, 256].map(async (size) => ({ size, bytes: await png(drawing, size) }))),
  ),
);
const chunks = {
  icp4: 16,
  icp5: 32,
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
};
write(
  'icon.icns',
  icns(
    await Promise.all(
      Object.entries(chunks).map(async ([name, size]) => ({ name, bytes: await png(withMargin, size) })),
    ),
  ),
);
