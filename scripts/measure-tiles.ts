/**
 * What tiles of a large image cost: mosaics are made in a folder (`--folder`, default a temporary one), each is divided
 * into tiles, and tiles are read as training, thumbnails and queries read them. Each in a process of its own: processor
 * seconds (user and system), peak memory, milliseconds a tile. Nothing is asserted.
 *
 *   node scripts/measure-tiles.ts --side 20000 --kinds overviews,plain,strips,values,jpeg
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { runJob } from '../src-main/images/pool/jobs.ts';
import { defaultRule } from '../src-main/images/rule.ts';

const { values: options } = parseArgs({
  options: {
    side: { type: 'string', default: '20000' },
    tile: { type: 'string', default: '512' },
    kinds: { type: 'string', default: 'overviews,plain,strips,values,jpeg' },
    folder: { type: 'string' },
    /** Given only to the process that measures one file. */
    one: { type: 'string' },
  },
});
const side = Number(options.side);
const tile = Number(options.tile);
/** At most so many tiles of a file are read. */
const READ = 60;

const tiled = { tile: true, tileWidth: 256, tileHeight: 256, bigtiff: true } as const;
const makers: Record<string, { name: string; make(picture: Sharp): Sharp }> = {
  overviews: {
    name: 'tiled TIFF (JPEG) with overviews',
    make: (picture) => picture.tiff({ ...tiled, pyramid: true, compression: 'jpeg', quality: 80 }),
  },
  plain: {
    name: 'tiled TIFF (JPEG) without overviews',
    make: (picture) => picture.tiff({ ...tiled, compression: 'jpeg', quality: 80 }),
  },
  strips: {
    name: 'TIFF in strips (LZW) without overviews',
    make: (picture) => picture.tiff({ compression: 'lzw', bigtiff: true }),
  },
  values: {
    name: '16-bit grey, tiled TIFF (deflate) without overviews',
    make: (picture) => picture.toColourspace('grey16').tiff({ ...tiled, compression: 'deflate' }),
  },
  jpeg: { name: 'JPEG', make: (picture) => picture.jpeg({ quality: 80 }) },
};

/** A texture at all scales over three quarters, white over the last: what an aerial mosaic with an empty corner is. */
async function makeMosaic(kind: string, file: string): Promise<void> {
  const noise = (size: number) =>
    sharp({
      create: {
        width: size,
        height: size,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .resize(1024, 1024, { kernel: 'cubic' })
      .png()
      .toBuffer();
  const texture = await sharp(await noise(16))
    .composite([
      { input: await noise(256), blend: 'soft-light' },
      { input: await noise(1024), blend: 'soft-light' },
    ])
    .png()
    .toBuffer();
  const half = Math.floor(side / 2);
  // in pieces: what is laid over a picture may not be as large as it
  const rows = 1000;
  const strips = Array.from({ length: Math.ceil(half / rows) }, (_, i) => ({
    input: {
      create: { width: half, height: Math.min(rows, half - i * rows), channels: 3 as const, background: '#fff' },
    },
    left: side - half,
    top: side - half + i * rows,
  }));
  const picture = sharp({
    create: { width: side, height: side, channels: 3, background: '#fff' },
    limitInputPixels: false,
  }).composite([{ input: texture, tile: true, gravity: 'northwest' }, ...strips]);
  await makers[kind]!.make(picture).toFile(file);
}

async function measureOne(file: string): Promise<void> {
  const rule = { ...defaultRule, tiles: tile };
  const limits = { maxPixels: 200_500_000, timeout: 300 };
  const timed = async <T>(work: () => Promise<T>) => {
    const [before, began] = [process.cpuUsage(), performance.now()];
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    return { result, cpu: (user + system) / 1e6, wall: (performance.now() - began) / 1e3 };
  };
  const divided = await timed(() => runJob({ kind: 'divide', source: file, rule }, limits));
  const { division } = divided.result as { division: { parts: { part: string }[]; empty: number } | null };
  const parts = division?.parts ?? [];
  const listed = process.resourceUsage().maxRSS / 1e3;
  const few = parts.slice(0, READ);
  const each = async (job: (part: string) => Parameters<typeof runJob>[0]) => {
    const { cpu, wall } = await timed(async () => {
      for (const { part } of few) await runJob(job(part), limits);
    });
    return { cpu: (1e3 * cpu) / few.length, wall: (1e3 * wall) / few.length };
  };
  const source = (part: string) => ({ path: file, part });
  const prepare = await each((part) => ({
    kind: 'prepare',
    source: source(part),
    imageSize: 128,
    trainingSide: 192,
    rule,
  }));
  const probe = await each((part) => ({ kind: 'probe', source: source(part), thumbnailSize: 256, rule }));
  const scattered = [...few.keys()].map((i) => parts[Math.floor((i * 7919) % parts.length)]!.part);
  let at = 0;
  const query = await each(() => ({ kind: 'query', source: source(scattered[at++]!), imageSize: 128, rule }));
  console.log(
    JSON.stringify({
      tiles: parts.length,
      empty: division?.empty,
      divide: { cpu: divided.cpu, wall: divided.wall, megabytes: Math.round(listed) },
      milliseconds: { prepare, probe, query },
      megabytes: Math.round(process.resourceUsage().maxRSS / 1e3),
    }),
  );
  process.exit(0);
}

if (options.one !== undefined) await measureOne(options.one);
const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tiles-'));
mkdirSync(folder, { recursive: true });
for (const kind of options.kinds.split(',')) {
  const file = join(folder, `${kind}-${side}.${kind === 'jpeg' ? 'jpg' : 'tif'}`);
  if (!existsSync(file)) await makeMosaic(kind, file);
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, '--one', file, '--tile', String(tile)],
    { encoding: 'utf8' },
  );
  console.log(`${makers[kind]!.name}, ${side} px, ${(statSync(file).size / 1e6).toFixed(0)} MB on the disk`);
  console.log(`  ${child.stdout.trim() || child.stderr.trim().slice(-600)}`);
}
if (options.folder === undefined) rmSync(folder, { recursive: true });
