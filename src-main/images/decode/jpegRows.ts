/**
 * Rows of a JPEG that can be had without those above them: where it has restart markers, a few of its intervals behind its
 * own head are a JPEG of their own. Baseline alone; of other files, and of damaged ones, nothing is had.
 */
import type { TiffBytes } from './tiff.ts';

const [MARK, END, SCAN, INTERVAL] = [0xff, 0xd9, 0xda, 0xdd];
const [RESTART, RESTARTS] = [0xd0, 8];
/** Frames whose numbers are packed one block after another: baseline and extended. */
const SEQUENTIAL = [0xc0, 0xc1];
const MOST_HEAD = 1 << 23;
const MOST_INTERVALS = 1 << 20;
/** Bytes that are looked through at a time. */
const CHUNK = 1 << 22;

interface Rows {
  bytes: Buffer;
  /** The row of the whole picture that they begin with. */
  top: number;
}

export class JpegRows {
  readonly #file: TiffBytes;
  readonly #head: Buffer;
  /** Where the height stands in the head. */
  readonly #heightAt: number;
  readonly #height: number;
  /** Pixels of a row of blocks, and how many intervals begin in each, which may be less than one. */
  readonly #blockRows: number;
  readonly #perRow: number;
  /** Where each interval begins, and the last ends. */
  readonly #starts: number[];

  private constructor(file: TiffBytes, head: Head, starts: number[]) {
    this.#file = file;
    this.#head = file.subarray(0, head.bytes);
    this.#heightAt = head.heightAt;
    this.#height = head.height;
    this.#blockRows = head.blockRows;
    this.#perRow = head.acrossBlocks / head.interval;
    this.#starts = starts;
  }

  /** Null where the file has no markers that rows can be cut at. */
  static of(file: TiffBytes): JpegRows | null {
    const head = headOf(file);
    if (!head) return null;
    const { acrossBlocks, interval, height, blockRows } = head;
    if (interval % acrossBlocks !== 0 && acrossBlocks % interval !== 0) return null;
    const intervals = Math.ceil((acrossBlocks * Math.ceil(height / blockRows)) / interval);
    const starts = intervals > 1 && intervals <= MOST_INTERVALS ? startsOf(file, head.bytes) : [];
    return starts.length === intervals + 1 ? new JpegRows(file, head, starts) : null;
  }

  /** The rows `y` to `y + height`, with those beside them that their colours are spread from. */
  cut(y: number, height: number): Rows {
    const per = this.#perRow;
    const unit = Math.max(1, 1 / per); // rows of blocks that can only be had together
    const all = Math.ceil(this.#height / this.#blockRows);
    const from = Math.floor(Math.max(0, Math.floor(y / this.#blockRows) - 1) / unit) * unit;
    const to = Math.min(all, Math.ceil((Math.ceil((y + height) / this.#blockRows) + 1) / unit) * unit);
    const [first, last] = [Math.round(from * per), Math.min(this.#starts.length - 1, Math.round(Math.ceil(to * per)))];
    const begin = this.#starts[first]!;
    const packed = Buffer.from(this.#file.subarray(begin, this.#starts[last]! - 2));
    // counted anew, for they are counted from the beginning of a picture
    for (let i = first + 1; i < last; i++)
      packed[this.#starts[i]! - 1 - begin] = RESTART + ((i - first - 1) % RESTARTS);
    const head = Buffer.from(this.#head);
    const top = from * this.#blockRows;
    head.writeUInt16BE(Math.min(this.#height, to * this.#blockRows) - top, this.#heightAt);
    return { bytes: Buffer.concat([head, packed, Buffer.of(MARK, END)]), top };
  }
}

interface Head {
  /** Bytes before what is packed. */
  bytes: number;
  heightAt: number;
  height: number;
  /** Blocks of all components together, in a row of the picture. */
  acrossBlocks: number;
  blockRows: number;
  /** Such blocks from one restart marker to the next. */
  interval: number;
}

function headOf(file: TiffBytes): Head | null {
  let frame: Omit<Head, 'bytes' | 'interval'> | null = null;
  let [interval, components] = [0, 0];
  for (let at = 2; at + 10 < file.length && at < MOST_HEAD;) {
    if (file.readUInt8(at) !== MARK) return null;
    const marker = file.readUInt8(at + 1);
    if (marker === MARK) {
      at++; // one that fills
      continue;
    }
    const length = file.readUInt16BE(at + 2);
    if (marker === SCAN) {
      const isWhole = frame !== null && interval > 0 && file.readUInt8(at + 4) === components;
      return isWhole ? { ...frame!, interval, bytes: at + 2 + length } : null;
    }
    if (marker === INTERVAL) interval = file.readUInt16BE(at + 4);
    else if (SEQUENTIAL.includes(marker)) {
      const [bits, height, width] = [file.readUInt8(at + 4), file.readUInt16BE(at + 5), file.readUInt16BE(at + 7)];
      components = file.readUInt8(at + 9);
      if (bits !== 8 || height === 0 || width === 0 || at + 10 + 3 * components > file.length) return null;
      const factors = Array.from({ length: components }, (_, i) => file.readUInt8(at + 11 + 3 * i));
      const most = (shift: number) =>
        components === 1 ? 1 : Math.max(...factors.map((factor) => (factor >> shift) & 15));
      const [across, down] = [most(4), most(0)];
      if (!(across >= 1 && across <= 4 && down >= 1 && down <= 4)) return null;
      frame = { heightAt: at + 5, height, acrossBlocks: Math.ceil(width / (8 * across)), blockRows: 8 * down };
    } else if (marker >= 0xc2 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xcc) return null;
    at += 2 + length;
  }
  return null;
}

/** Where what follows each restart marker begins, from `from` on, and last where what follows the picture's end does. */
function startsOf(file: TiffBytes, from: number): number[] {
  const starts = [from];
  for (let begin = from; begin < file.length; begin += CHUNK) {
    // a byte more, for a marker may lie across the end
    const chunk = file.subarray(begin, Math.min(file.length, begin + CHUNK + 1));
    for (
      let at = chunk.indexOf(MARK);
      at >= 0 && at < CHUNK && at + 1 < chunk.length;
      at = chunk.indexOf(MARK, at + 1)
    ) {
      const marker = chunk[at + 1]!;
      if (marker === 0 || marker === MARK) continue;
      starts.push(begin + at + 2);
      if (marker < RESTART || marker >= RESTART + RESTARTS || starts.length > MOST_INTERVALS + 1) return starts;
    }
  }
  return starts; // without its end: fewer than there should be, or whole all the same
}
