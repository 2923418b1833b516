/** The confusion matrix, with the photos behind each cell: a number anyone can trace. */

export interface Confusion {
  classes: number;
  /** Queries of class row that were called class column [classes, classes]. */
  counts: Int32Array;
  accuracy: number; // 0 to 1
  /** Right answers per class, 0 to 1; NaN for a class without queries [classes]. */
  recall: Float64Array;
  /** Positions in `truth` behind a cell, ascending. */
  cell(actual: number, predicted: number): Int32Array;
}

/**
 * Counts queries by actual and predicted class.
 * @param truth and `predicted` hold classes 0 to classes - 1, one per query
 */
export function confusionMatrix(truth: Int32Array, predicted: Int32Array, classes: number): Confusion {
  const counts = new Int32Array(classes * classes);
  for (let i = 0; i < truth.length; i++) counts[truth[i]! * classes + predicted[i]!]!++;

  // The positions sorted by cell: a counting sort, so that each cell is a slice.
  const starts = new Int32Array(classes * classes + 1);
  for (let c = 0; c < counts.length; c++) starts[c + 1] = starts[c]! + counts[c]!;
  const fill = starts.slice();
  const positions = new Int32Array(truth.length);
  for (let i = 0; i < truth.length; i++) positions[fill[truth[i]! * classes + predicted[i]!]!++] = i;

  const recall = new Float64Array(classes);
  let right = 0;
  for (let c = 0; c < classes; c++) {
    let total = 0;
    for (let p = 0; p < classes; p++) total += counts[c * classes + p]!;
    recall[c] = total > 0 ? counts[c * classes + c]! / total : NaN;
    right += counts[c * classes + c]!;
  }
  return {
    classes,
    counts,
    accuracy: truth.length > 0 ? right / truth.length : NaN,
    recall,
    cell: (actual, called) => {
      const at = actual * classes + called;
      return positions.slice(starts[at]!, starts[at + 1]!);
    },
  };
}
