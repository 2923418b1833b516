/**
 * Which checkpoints stay: the last two, the best by kNN (by neighbour agreement where there are no labels), and the
 * thinned series 1, 2, 5, 10, 20, 50, ... epochs without optimizer state, all within a disk budget. A pure function;
 * checkpoint.ts does the files.
 */
export interface Stored {
  file: string;
  /** Epochs done; a whole number at the end of an epoch. */
  epoch: number;
  step: number;
  bytes: number;
  /** What the file would take without optimizer state. */
  strippedBytes: number;
  hasOptimizerState: boolean;
  finished: boolean;
  knn: number | null;
  agreement: number | null;
}

export interface Kept extends Stored {
  kept: 'recent' | 'best' | 'series' | 'final';
  /** Whether it is to be written again without optimizer state. */
  strip: boolean;
}

/** Whether an epoch is in the series 1, 2, 5, 10, 20, 50, ... */
export function inSeries(epoch: number): boolean {
  if (!Number.isInteger(epoch) || epoch < 1) return false;
  const digits = 10 ** Math.floor(Math.log10(epoch) + 1e-9);
  return [1, 2, 5].includes(epoch / digits);
}

/** The score of a checkpoint: kNN where any checkpoint has it, else agreement, as one is no measure of the other. */
function scoreOf(stored: readonly Stored[]): (c: Stored) => number | null {
  const labelled = stored.some(({ knn }) => knn !== null);
  return (c) => (labelled ? c.knn : c.agreement);
}

export const keptBytes = (kept: readonly Kept[]): number =>
  kept.reduce((sum, c) => sum + (c.strip ? c.strippedBytes : c.bytes), 0);

/**
 * Which checkpoints are kept and which go. Over budget go first the series (the earliest first: the later ones are
 * closer to the encoder one wants), then the best one's optimizer state, the second newest, and at last the best. The
 * newest always stays.
 */
export function retain(stored: readonly Stored[], budgetBytes: number): { kept: Kept[]; removed: Stored[] } {
  const byStep = [...stored].sort(
    (a, b) => b.step - a.step || Number(b.hasOptimizerState) - Number(a.hasOptimizerState),
  );
  const once = byStep.filter((c, i) => i === 0 || byStep[i - 1]!.step !== c.step);
  const recent = new Set(once.filter((c) => c.hasOptimizerState).slice(0, 2));
  const score = scoreOf(once);
  const best = once
    .filter((c) => score(c) !== null)
    .reduce<Stored | null>((top, c) => (top && score(top)! >= score(c)! ? top : c), null);
  const newest = once[0];

  let kept: Kept[] = [];
  for (const c of once) {
    if (c === newest && c.finished) kept.push({ ...c, kept: 'final', strip: false });
    else if (c === best) kept.push({ ...c, kept: 'best', strip: false });
    else if (recent.has(c)) kept.push({ ...c, kept: 'recent', strip: false });
    else if (inSeries(c.epoch)) kept.push({ ...c, kept: 'series', strip: c.hasOptimizerState });
  }

  const over = () => keptBytes(kept) > budgetBytes;
  const drop = (which: Kept) => (kept = kept.filter((c) => c !== which));
  for (const c of kept.filter((k) => k.kept === 'series').reverse()) if (over()) drop(c);
  const bestKept = kept.find((c) => c.kept === 'best' && c.file !== newest!.file);
  if (bestKept?.hasOptimizerState && over()) bestKept.strip = true;
  for (const c of kept.filter((k) => k.kept === 'recent' && k.file !== newest!.file).reverse()) if (over()) drop(c);
  if (bestKept && over()) drop(bestKept);

  const files = new Set(kept.map((c) => c.file));
  return { kept, removed: stored.filter((c) => !files.has(c.file)) };
}
