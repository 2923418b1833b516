/**
 * How good features are, as far as that can be told without a label: one number of a probe's figures, so that rows which
 * were stored before it was there have it too. What it is worth, measured against labels, is docs/evaluation.md.
 */

/** What of a row it is made of. */
interface QualityFigures {
  alignment: number;
  agreement: number;
  std: { backbone: number };
  rank: { backbone: number };
}

/** Added to the agreement, so that one of nothing leaves the rest its say. */
const LEAST_AGREEMENT = 0.02;
/** How much agreement and rank count beside the distances: chosen on one half of the runs (docs/evaluation.md). */
const EXPONENT = 0.25;

/**
 * 0 to 1; null where a figure is not finite. The squared distance of two photos over that of two views of one photo
 * (partial collapse brings photos together before it brings neighbours together, Li, Efros and Pathak, arXiv 2209.15007),
 * times the fourth root of agreement times effective rank: q / (1 + q), so that 0 is photos at one point and 1 is views
 * that coincide.
 */
export function qualityOf({ alignment, agreement, std, rank }: QualityFigures): number | null {
  const photos = 2 * std.backbone ** 2;
  const telling = (agreement + LEAST_AGREEMENT) * rank.backbone;
  if (![photos, alignment, telling].every(Number.isFinite) || photos + alignment <= 0) return null;
  const views = Math.max(alignment, 1e-9 * photos);
  const ratio = (photos / views) * telling ** EXPONENT;
  return ratio / (1 + ratio);
}
