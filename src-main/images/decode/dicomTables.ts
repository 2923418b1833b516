/**
 * Tables of DICOM through which values of a single band go where no slope and window say what they mean: to the unit of the
 * modality (Modality LUT), and to what is shown (VOI LUT).
 */
import type { DataSet } from './dicomFrame.ts';
import type { Values } from './samples.ts';

const MODALITY = 'x00283000';
const SHOWN = 'x00283010';

interface Table {
  /** The value that the first entry stands for; lower ones are shown as that one, higher ones as the last. */
  first: number;
  entries: Uint16Array;
  /** The greatest entry that its bits allow. */
  most: number;
}

function tableOf(set: DataSet, sequence: string, signed: boolean): Table | null {
  const item = set.elements[sequence]?.items?.[0]?.dataSet;
  const [count, bits] = [item?.uint16('x00283002', 0), item?.uint16('x00283002', 2)];
  const first = signed ? item?.int16('x00283002', 1) : item?.uint16('x00283002', 1);
  const length = (item?.elements['x00283006']?.length ?? 0) >> 1;
  if (!item || count === undefined || first === undefined || !bits || bits > 16) return null;
  const whole = count === 0 ? 65536 : count;
  if (length < whole) return null; // of bytes, or cut short: as if it were not there
  const entries = Uint16Array.from({ length: whole }, (_, i) => item.uint16('x00283006', i) ?? 0);
  return { first, entries, most: 2 ** bits - 1 };
}

const through = (values: Values, { first, entries }: Table): Uint16Array =>
  Uint16Array.from(values, (value) => entries[Math.max(0, Math.min(entries.length - 1, Math.round(value - first)))]!);

const MOST = 65535;

/** Values as a window of the form of an S shows them (VOI LUT Function SIGMOID), and the brightest that can be. */
export function bySigmoid(
  values: Values,
  { low, high }: { low: number; high: number },
): { values: Uint16Array; most: number } {
  const [centre, width] = [(low + high) / 2, high - low];
  return {
    values: Uint16Array.from(values, (value) => Math.round(MOST / (1 + Math.exp((-4 * (value - centre)) / width)))),
    most: MOST,
  };
}

/** Values in the modality's unit, where a table says it; else null. */
export function byModality(set: DataSet, values: Values, signed: boolean): Uint16Array | null {
  const table = tableOf(set, MODALITY, signed);
  return table && through(values, table);
}

/** Values as they are to be shown, and the brightest that can be, where a table says it; else null. */
export function byShown(set: DataSet, values: Values, signed: boolean): { values: Uint16Array; most: number } | null {
  const table = tableOf(set, SHOWN, signed);
  return table && { values: through(values, table), most: table.most };
}
