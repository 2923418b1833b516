/**
 * The memory that the runtime touches to hold a model's values while it computes, as it goes about it on a processor: its
 * plan (allocation_planner.cc) hands the memory of a dead value on to the next of the same shape, and holds it from the
 * first to the last of such a chain; what is left is asked of an arena (bfc_arena.cc), in whose regions free parts are too
 * small for what comes next. What a kernel takes for itself is not counted. The runtime's own profile says of each
 * node what is held after it (`mem_bytes_requested_in_use`): what is computed here agrees with that to some percent
 * (onnxruntime-node 1.30).
 */
import { elements } from '../graph.ts';
import { executionOrder, overwritten, VIEWS } from './liveness.ts';
import type { Program } from './lowering.ts';
import { bytesOf } from './schema.ts';
import type { OnnxNode } from './schema.ts';

/** Memory that values share one after the other, and the nodes from which to which it is held. */
interface Buffer {
  bytes: number;
  /** Type and shape of the first of these values: what the memory is known by when the last has died. */
  shape: string;
  from: number;
  to: number;
}

/** What the values of one run take of memory, in bytes; the model's inputs, constants and outputs are not counted. */
export interface ArenaUse {
  /** What has been written to, which is what the process holds from then on. */
  touched: number;
  /** What is asked for at a time at most. */
  inUse: number;
}

export function arenaUse(model: Program): ArenaUse {
  const order = executionOrder(model);
  const begins: Buffer[][] = order.map(() => []);
  const ends: Buffer[][] = order.map(() => []);
  for (const buffer of planned(model, order)) {
    begins[buffer.from]!.push(buffer);
    ends[buffer.to]!.push(buffer);
  }
  const arena = new Arena();
  const held = new Map<Buffer, Chunk>();
  let inUse = 0;
  let most = 0;
  order.forEach((_, at) => {
    for (const buffer of begins[at]!) {
      held.set(buffer, arena.take(buffer.bytes));
      inUse += buffer.bytes;
    }
    most = Math.max(most, inUse);
    for (const buffer of ends[at]!) {
      arena.giveBack(held.get(buffer)!);
      inUse -= buffer.bytes;
    }
  });
  return { touched: arena.touched, inUse: most };
}

/** The runtime's plan: views and what is computed in place share the memory of an input, and the rest that of the last dead value of their shape. */
function planned(model: Program, order: readonly OnnxNode[]): Iterable<Buffer> {
  const outside = new Set([...model.inputs, ...model.initializers, ...model.outputs].map((v) => v.name));
  const readers = new Map<string, number>();
  for (const name of order.flatMap((node) => node.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const readersOf = (name: string): number => readers.get(name) ?? 0;
  const shapeOf = (name: string): string => {
    const { shape, type } = model.values.get(name)!;
    return [type, ...shape].join(' ');
  };
  const isView = viewsOf(model.nodes);
  const buffers = new Map<string, Buffer>();
  const left = new Map<Buffer, number>(); // readers to come
  const dead: Buffer[] = [];
  const shared = (node: OnnxNode, output: string): Buffer | undefined => {
    if (isView(node)) return buffers.get(node.inputs[0]!);
    const shape = shapeOf(output);
    const over = overwritten(node).find((name) => left.get(buffers.get(name)!) === 1 && shapeOf(name) === shape);
    if (over !== undefined) return buffers.get(over);
    const at = dead.findLastIndex((other) => other.shape === shape);
    return at < 0 ? undefined : dead.splice(at, 1)[0];
  };
  order.forEach((node, at) => {
    for (const output of node.outputs.filter((name) => !outside.has(name))) {
      const { shape, type } = model.values.get(output)!;
      const isOutside = isView(node) && !buffers.has(node.inputs[0]!);
      const buffer = shared(node, output) ?? {
        bytes: isOutside ? 0 : elements(shape) * bytesOf(type),
        shape: shapeOf(output),
        from: at,
        to: at,
      };
      buffers.set(output, buffer);
      left.set(buffer, (left.get(buffer) ?? 0) + readersOf(output));
    }
    for (const name of [...node.inputs, ...node.outputs]) {
      const buffer = buffers.get(name);
      if (!buffer) continue;
      buffer.to = at;
      const readers = left.get(buffer)! - (node.inputs.includes(name) ? 1 : 0);
      left.set(buffer, readers);
      if (readers === 0) dead.push(buffer);
    }
  });
  return new Set(buffers.values());
}

/**
 * Which nodes make no value of their own: views, and transpositions of the last two axes that only products read, as
 * the runtime makes both one operator (FusedMatMul).
 */
function viewsOf(nodes: readonly OnnxNode[]): (node: OnnxNode) => boolean {
  const readByOthers = new Set(nodes.flatMap((node) => (node.opType === 'MatMul' ? [] : node.inputs)));
  return ({ opType, attributes, outputs: [output] }) => {
    if (opType !== 'Transpose') return VIEWS.has(opType);
    const order = attributes['perm'] as readonly number[];
    const swapped = order.map((_, i) => (i < order.length - 2 ? i : 2 * order.length - 3 - i));
    return String(order) === String(swapped) && !readByOthers.has(output!);
  };
}

interface Chunk {
  region: Region;
  at: number;
  bytes: number;
  used: boolean;
}

interface Region {
  chunks: Chunk[];
  /** Which pages somebody has written to. */
  pages: Uint8Array;
}

const PAGE = 2 ** 16;
const LEAST = 256;
const FIRST_REGION = 2 ** 20;
/** Bytes that are left unused at the end of a chunk at most. */
const MOST_UNUSED = 128 * 2 ** 20;

/** The runtime's allocator: takes the best-fitting free chunk of regions that double in size. */
class Arena {
  readonly #regions: Region[] = [];
  #next = FIRST_REGION;

  get touched(): number {
    return PAGE * this.#regions.reduce((sum, { pages }) => sum + pages.reduce((a, b) => a + b, 0), 0);
  }

  take(wanted: number): Chunk {
    const bytes = Math.max(LEAST, Math.ceil(wanted / LEAST) * LEAST);
    let chunk: Chunk | undefined;
    for (const { chunks } of this.#regions)
      for (const other of chunks)
        if (!other.used && other.bytes >= bytes && other.bytes < (chunk?.bytes ?? Infinity)) chunk = other;
    chunk ??= this.#extend(bytes);
    const { region, at } = chunk;
    if (chunk.bytes >= 2 * bytes || chunk.bytes - bytes >= MOST_UNUSED) {
      const rest = { region, at: at + bytes, bytes: chunk.bytes - bytes, used: false };
      region.chunks.splice(region.chunks.indexOf(chunk) + 1, 0, rest);
      chunk.bytes = bytes;
    }
    chunk.used = true;
    region.pages.fill(1, Math.floor(at / PAGE), Math.ceil((at + wanted) / PAGE));
    return chunk;
  }

  /** Free neighbours become one. */
  giveBack(chunk: Chunk): void {
    const { chunks } = chunk.region;
    const at = chunks.indexOf(chunk);
    const [before, after] = [chunks[at - 1], chunks[at + 1]];
    chunk.used = false;
    if (after && !after.used) chunk.bytes += chunks.splice(at + 1, 1)[0]!.bytes;
    if (before && !before.used) before.bytes += chunks.splice(at, 1)[0]!.bytes;
  }

  #extend(bytes: number): Chunk {
    const isLarge = bytes > this.#next;
    while (bytes > this.#next) this.#next *= 2;
    const size = this.#next;
    if (!isLarge) this.#next *= 2;
    const region: Region = { chunks: [], pages: new Uint8Array(Math.ceil(size / PAGE)) };
    const chunk = { region, at: 0, bytes: size, used: false };
    region.chunks.push(chunk);
    this.#regions.push(region);
    return chunk;
  }
}
