/**
 * A folder of everything that has ever broken a photo program. Every file in it is expected either to be usable or to
 * be listed with a reason; `makeHostileFolder` says which. Leaves the running of programs over it to the tests.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { heicFixture } from './phonePictures.ts';
import { bmp, orientedJpeg, pattern, rawFile, texture } from './pictures.ts';

export interface HostileFolder {
  directory: string;
  /** Paths of the files that are photos and must be trained on. */
  good: string[];
  /** Paths that must be listed, with what their reason must say. */
  bad: Map<string, RegExp>;
  /** Closes the socket in the folder. */
  close(): Promise<void>;
}

/** A name of exactly 250 bytes in UTF-8. */
export const LONG_NAME = `${'ö'.repeat(120)}abcdef.jpg`;
export const NEWLINE_NAME = 'two\nlines 🦊📷.jpg';

/** Fills `directory` (created if needed). What the system cannot make, a pipe on Windows for one, is left out. */
export async function makeHostileFolder(directory: string): Promise<HostileFolder> {
  const good: string[] = [];
  const bad = new Map<string, RegExp>();
  const put = (name: string, bytes: Uint8Array | string): string => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    return path;
  };
  const use = (name: string, bytes: Uint8Array): number => good.push(put(name, bytes));
  const list = (name: string, bytes: Uint8Array | string, reason: RegExp): Map<string, RegExp> =>
    bad.set(put(name, bytes), reason);
  mkdirSync(directory, { recursive: true });

  const jpeg = await texture(1).jpeg({ quality: 90 }).toBuffer();
  const png = await texture(2).png().toBuffer();
  use('plain.jpg', jpeg);
  list('zero bytes.jpg', '', /empty/);
  list('truncated.jpg', jpeg.subarray(0, jpeg.length >> 1), /cut short/);
  list('only a header.jpg', jpeg.subarray(0, 30), /cut short/);
  list('truncated.png', png.subarray(0, png.length >> 1), /cut short/);
  list('truncated.webp', (await texture(3).webp().toBuffer()).subarray(0, 900), /cut short|damaged/);
  list('truncated.bmp', bmp(24).subarray(0, 2000), /cut short/);
  list('truncated.heic', heicFixture('pattern').subarray(0, 400), /cut short/);
  list('1x1.png', await pattern(1, 1).png().toBuffer(), /1 × 1 pixels/);
  use(
    '30000 wide.jpg',
    await sharp({ create: { width: 30_000, height: 60, channels: 3, background: '#3a7' } })
      .jpeg()
      .toBuffer(),
  );
  list('claims 60000 x 60000.png', claimSize(png), /60000 × 60000 pixels/);
  list('claims 60000 x 60000.jpg', claimJpegSize(jpeg), /60000 × 60000 pixels/);
  list('claims 2 billion pixels.bmp', claimBmpSize(bmp(24)), /pixels, more than the limit/);
  list('text.jpg', 'This is a text and no photo.\n', /text file/);
  list('a page.png', '<!doctype html><html><body>404 Not Found</body></html>', /text file/);
  list('drawing.jpg', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>', /SVG/);
  list('random.jpg', noise(5000), /not an image/);
  list('zeros.jpg', Buffer.alloc(5000), /only zeros/);
  list('jpeg signature, then noise.jpg', Buffer.concat([jpeg.subarray(0, 20), noise(4000)]), /./);
  list('png signature, then noise.png', Buffer.concat([png.subarray(0, 8), noise(4000)]), /./);
  list('a video.heic', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08mdat', 'latin1'), /video/);
  use('a png.jpg', png);
  use('a jpeg.png', jpeg);
  use('no extension', jpeg);
  use('cmyk.jpg', await texture(4).toColourspace('cmyk').jpeg().toBuffer());
  use('16 bit.png', await texture(5).toColourspace('rgb16').png().toBuffer());
  use('grey.jpg', await texture(6).greyscale().jpeg().toBuffer());
  use('transparent.png', await texture(7).ensureAlpha(0.5).png().toBuffer());
  use('animated.gif', await animatedGif());
  use('photo.bmp', bmp(24, { width: 97 }));
  use('photo.heic', heicFixture('pattern'));
  use('photo.nef', await rawFile('nef', 6));
  use('photo.tiff', await texture(8).tiff().toBuffer());
  use('photo.webp', await texture(9).webp().toBuffer());
  use('photo.avif', await texture(10).avif({ effort: 0 }).toBuffer());
  for (let orientation = 1; orientation <= 8; orientation++)
    use(`orientation ${orientation}.jpg`, await orientedJpeg(orientation));
  use(LONG_NAME, jpeg);
  use('cafe\u0301 (NFD).jpg', jpeg);
  use('caf\u00e9 (NFC).jpg', png);
  put('notes.txt', 'not looked at');
  put('.hidden.jpg', jpeg);
  mkdirSync(join(directory, 'sub folder', 'deeper'), { recursive: true });
  use(join('sub folder', 'deeper', 'photo.jpg'), jpeg);

  const close =
    process.platform === 'win32' ? async () => undefined : await makeUnixOddities(directory, good, bad, use, jpeg);
  const past = new Date('2020-02-02T02:02:02Z');
  for (const path of [...good, ...bad.keys()]) {
    try {
      utimesSync(path, past, past); // so that a changed time shows
    } catch {
      // a link that leads nowhere, a pipe
    }
  }
  return { directory, good, bad, close };
}

async function makeUnixOddities(
  directory: string,
  good: string[],
  bad: Map<string, RegExp>,
  use: (name: string, bytes: Uint8Array) => number,
  jpeg: Buffer,
): Promise<() => Promise<void>> {
  use(NEWLINE_NAME, jpeg);
  use('back\\slash and "quotes".jpg', jpeg);
  symlinkSync('..', join(directory, 'sub folder', 'loop'));
  bad.set(join(directory, 'sub folder', 'loop'), /link to a folder that is scanned already/);
  symlinkSync('itself.jpg', join(directory, 'itself.jpg'));
  bad.set(join(directory, 'itself.jpg'), /leads back to itself/);
  symlinkSync('nowhere.jpg', join(directory, 'dangling.jpg'));
  bad.set(join(directory, 'dangling.jpg'), /does not exist/);
  execFileSync('mkfifo', [join(directory, 'pipe.jpg')]);
  bad.set(join(directory, 'pipe.jpg'), /named pipe/);
  linkSync(join(directory, 'plain.jpg'), join(directory, 'hard link.jpg'));
  good.push(join(directory, 'hard link.jpg'));
  if (process.getuid?.() !== 0) {
    // The administrator reads everything, so for one these two would be no obstacle.
    writeFileSync(join(directory, 'unreadable.jpg'), jpeg);
    chmodSync(join(directory, 'unreadable.jpg'), 0o000);
    bad.set(join(directory, 'unreadable.jpg'), /No permission/);
    mkdirSync(join(directory, 'unreadable folder'));
    chmodSync(join(directory, 'unreadable folder'), 0o000);
    bad.set(join(directory, 'unreadable folder'), /cannot be read/);
  }
  // The path of a socket is short by law, so it is made from inside the folder.
  const server = createServer();
  const socket = join(directory, 'socket.jpg');
  if (Buffer.byteLength(socket) < 100) {
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    bad.set(socket, /socket/);
  }
  return () => new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
}

/** Bytes without pattern, the same in every run. */
export function noise(length: number): Buffer {
  let state = 12345;
  return Buffer.from(
    Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24),
  );
}

function claimSize(png: Buffer): Buffer {
  const out = Buffer.from(png);
  out.writeUInt32BE(60_000, 16);
  out.writeUInt32BE(60_000, 20);
  return out;
}

function claimJpegSize(jpeg: Buffer): Buffer {
  const out = Buffer.from(jpeg);
  const frame = out.indexOf(Buffer.from([0xff, 0xc0]));
  out.writeUInt16BE(60_000, frame + 5);
  out.writeUInt16BE(60_000, frame + 7);
  return out;
}

function claimBmpSize(bitmap: Buffer): Buffer {
  const out = Buffer.from(bitmap);
  out.writeInt32LE(0x7fff_ffff, 18);
  out.writeInt32LE(-0x7fff_ffff, 22);
  return out;
}

/** Three frames of different brightness; the first one is a photo. */
export async function animatedGif(): Promise<Buffer> {
  const frames = await Promise.all([11, 12, 13].map((seed) => texture(seed, 60, 40).png().toBuffer()));
  return await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}
