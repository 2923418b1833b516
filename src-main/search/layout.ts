/**
 * Where in the memory of an index everything lies. The rows come first, padded to a multiple of sixteen numbers, then
 * what is kept of them where they are many: levels of 8 bits (levels.ts) and signs of two (signs.ts); where the numbers
 * do not fit, these alone. Then each thread's scratch for a block of queries and a tile of scores.
 */
import { PAGE } from '../files/webAssembly.ts';
import { SearchError } from './errors.ts';

export const BASE = 1024;
/** Queries a kernel call computes at a time. A long job holds a thread for one block, so this bounds the wait of a click. */
export const BLOCK = 32;
/** So few queries are answered from signs and levels where there are some. More share the reading anyhow. */
export const FEW = 3;
/** Rows that stay in a core's second cache while a block of queries passes over them. */
const TILE_BYTES = 512 << 10;
/** Rows whose signs lie together. No two threads set rows of the same ones. */
export const SIGN_BLOCK = 32;
/** Wider rows have no signs: a sum of their entries (31 for each four numbers) would not fit 16 bits. */
const MOST_SIGNS = 8192;

export interface Layout {
  n: number;
  d: number;
  /** d rounded up to a multiple of sixteen. */
  width: number;
  /** Whether the rows are there as numbers; else their levels stand for them. */
  floats: boolean;
  /** Bytes of a row as levels, a multiple of 32; 0 where there are none. */
  levelWidth: number;
  /** Whether the signs of the rows are kept as well. */
  signs: boolean;
  /** A multiple of SIGN_BLOCK. */
  tileRows: number;
  threads: number;
  pages: number;
}

/** Rows of so many bytes are kept as levels and signs too: a query reads a quarter of them, and less. */
const LEVELS_FROM = 64 << 20;

export interface LayoutOptions {
  /** Whether the rows must be there as numbers; default: they must. */
  whole?: boolean;
  /** Bytes of rows as numbers from which levels and signs are kept too. */
  levelsFrom?: number;
  /** Most bytes of rows as numbers. */
  floatBytes?: number;
}

/**
 * Of the layouts that fit, the one by which a query is answered soonest.
 * @throws SearchError too-large above the 4 GB that WebAssembly can address
 */
export function planLayout(
  n: number,
  d: number,
  threads: number,
  { whole = true, levelsFrom = LEVELS_FROM, floatBytes: most = Infinity }: LayoutOptions = {},
): Layout {
  const width = Math.ceil(d / 16) * 16;
  const tile = Math.max(SIGN_BLOCK, Math.min(2048, Math.floor(TILE_BYTES / (4 * width))));
  const tileRows = tile - (tile % SIGN_BLOCK);
  const levelWidth = Math.ceil(d / 32) * 32;
  const signs = levelWidth <= MOST_SIGNS;
  const all: Layout = { n, d, width, floats: true, levelWidth, signs, tileRows, threads, pages: 0 };
  const bare = { ...all, levelWidth: 0, signs: false };
  const withLevels = (layout: Layout): Layout[] => [layout, { ...layout, signs: false }];
  const choices: Layout[] = [];
  if (floatBytes(all) <= most) choices.push(...(4 * n * width < levelsFrom ? [] : withLevels(all)), bare);
  if (!whole) choices.push(...withLevels({ ...all, floats: false }));
  const pagesOf = (layout: Layout) => Math.ceil((scratchAt(layout, threads) + PAGE) / PAGE);
  const fits = choices.find((layout) => pagesOf(layout) <= 65_536);
  if (fits) return { ...fits, pages: pagesOf(fits) };
  const needed = Math.ceil((pagesOf(choices.at(-1)!) * PAGE) / 2 ** 30);
  throw new SearchError('too-large.index', { count: n, dimensions: d, needed });
}

const aligned = (at: number): number => Math.ceil(at / 64) * 64;

/** Bytes of a thread's scratch: queries, scores, a tile of rows where these are made of levels, and what signs need. */
const scratchBytes = (layout: Layout): number => signScratch(layout) + signScratchBytes(layout);
/** Where in a thread's scratch that begins: sums of a block, what rotates rows, and tables of a few queries. */
export const signScratch = ({ width, floats, tileRows }: Layout): number =>
  4 * BLOCK * (width + tileRows) + (floats ? 0 : 4 * (tileRows + 2) * width);
const signScratchBytes = ({ signs, levelWidth }: Layout): number =>
  signs ? SUM_BYTES + 4 * levelWidth * (2 + FEW) : 0;
/** Of first and second signs, 16 bits a row. */
export const SUM_BYTES = 4 * SIGN_BLOCK;
/** Bytes of the rows as numbers: one more than there are, because the kernel reads rows in pairs. */
const floatBytes = ({ n, width, floats }: Layout): number => (floats ? 4 * width * (n + (n % 2)) : 0);
export const factsAt = (layout: Layout): number => BASE + floatBytes(layout);
/** Bytes of what is known of a row of levels (products.ts). */
export const FACTS = 12;
export const centreAt = (layout: Layout): number =>
  aligned(factsAt(layout) + (layout.levelWidth > 0 ? FACTS * layout.n : 0));
/** The largest step of all rows of levels, and the length of the farthest one from the centre. */
export const largestAt = (layout: Layout): number => centreAt(layout) + 4 * layout.levelWidth;
export const levelsAt = (layout: Layout): number => largestAt(layout) + 64;
export const signsAt = (layout: Layout): number => aligned(levelsAt(layout) + layout.levelWidth * layout.n);
/**
 * Bytes of a block of first signs, a bit for each number and eight bytes for each row, and of second ones, with four
 * (wasm/assembly/signs.ts). All first signs lie together, as of most blocks no others are read.
 */
export const firstBytes = ({ levelWidth }: Layout): number => SIGN_BLOCK * (levelWidth / 8 + 8);
export const secondBytes = ({ levelWidth }: Layout): number => SIGN_BLOCK * (levelWidth / 8 + 4);
const signBlocks = ({ signs, n }: Layout): number => (signs ? Math.ceil(n / SIGN_BLOCK) : 0);
export const secondsAt = (layout: Layout): number => signsAt(layout) + signBlocks(layout) * firstBytes(layout);
export const scratchAt = (layout: Layout, thread: number): number =>
  aligned(secondsAt(layout) + signBlocks(layout) * secondBytes(layout)) + thread * aligned(scratchBytes(layout));
