/**
 * Rows of a table by their numbers, and the table with some rows replaced: what a method keeps for each image.
 * Neither passes a gradient. Numbers are float32 like every tensor, exact up to 16 million rows.
 */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';

const rowsOp: Op<object> = {
  name: 'rows',
  shapes([table, indices]) {
    if (indices!.length !== 1) throw new ShapeError('rows', [table!, indices!], 'the row numbers must be a vector');
    return [[indices![0]!, ...table!.slice(1)]];
  },
  lower({ inputs: [table, indices], outputs }, lowering) {
    const numbers = lowering.cast(lowering.value(indices!), 'index');
    lowering.set(outputs[0]!, lowering.gather(lowering.value(table!), numbers, 0));
  },
};

const withRowsOp: Op<object> = {
  name: 'withRows',
  shapes([table, indices, rows]) {
    if (indices!.length !== 1 || rows![0] !== indices![0] || rows!.slice(1).some((n, i) => n !== table![i + 1]))
      throw new ShapeError('withRows', [table!, indices!, rows!], 'there must be a row of the table for each number');
    return [table!];
  },
  lower({ inputs: [table, indices, rows], outputs }, lowering) {
    // Shaped before it is cast: WebGPU reshapes no whole numbers.
    const places = lowering.cast(lowering.reshape(lowering.value(indices!), [indices!.shape[0]!, 1]), 'index');
    const operands = [lowering.value(table!), places, lowering.value(rows!)];
    lowering.set(outputs[0]!, lowering.emit('ScatterND', operands, table!.shape));
  },
};

/** Rows `indices` [n] of `table` [R, ...] -> [n, ...]. */
export const rows = (table: Tensor, indices: Tensor): Tensor => apply(rowsOp, [table, indices], {});

/** `table` with its rows `indices` [n], all different, replaced by `values` [n, ...]. */
export const withRows = (table: Tensor, indices: Tensor, values: Tensor): Tensor =>
  apply(withRowsOp, [table, indices, values], {});
