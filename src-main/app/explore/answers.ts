/**
 * What the answers to a ranking tell of how many photos have a tag. Those who answer look at the top of it alone, where
 * a photo that belongs and one that does not have been seen side by side: where the scores do not part these, they do not
 * part the rest either, and what two distributions of scores would say of it is wrong by a multiple.
 */

/** Held-out scores of the photos that were answered, and how many there are of each, of which scores may be a part. */
export interface Answers {
  yes: readonly number[];
  no: readonly number[];
  counts: { yes: number; no: number };
}

export interface Told {
  /** How often a photo that belongs stands above one that does not, of those answered: 0.5 is chance. */
  apart: number;
  /** Between which shares of all photos it lies that have the tag; null where the answers tell nothing. */
  range: [number, number] | null;
}

/** So many that do not belong say something. */
const fewest = 5;
/** Below it, an order by score is hardly one. */
const chance = 0.6;

/**
 * How fast the odds fall with the score, as shares of what examples against all photos say, which is too fast: most
 * examples are from the top. Both ends of what was right for 35 of 38 states of five classes of CIFAR-10 (docs/tags.md).
 */
const steepness = [1.1, 0.6] as const;

/** @param others scores of a sample of all photos; `slope` of the logit over the score, by examples against that sample */
export function toldBy({ yes, no, counts }: Answers, others: readonly number[], slope: number): Told | null {
  if (counts.no < fewest || no.length === 0 || yes.length === 0) return null;
  const above = no.reduce((sum, low) => sum + yes.filter((high) => high > low).length, 0);
  const apart = above / (yes.length * no.length);
  if (apart < chance) return { apart, range: null };
  const [low, high] = steepness.map((share) => {
    const steep = share * slope;
    const shift = shiftOf(yes, no, counts, steep);
    return others.reduce((sum, score) => sum + sigmoid(steep * score + shift), 0) / others.length;
  }) as [number, number];
  return { apart, range: [low, high] };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What is added to the logits so that of the answered photos as many belong, in the mean, as did. */
function shiftOf(yes: readonly number[], no: readonly number[], counts: Answers['counts'], steep: number): number {
  const mean = (scores: readonly number[], shift: number) =>
    scores.reduce((sum, score) => sum + sigmoid(steep * score + shift), 0) / scores.length;
  let [low, high] = [-1000, 1000];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (counts.yes * mean(yes, middle) + counts.no * mean(no, middle) > counts.yes) high = middle;
    else low = middle;
  }
  return low;
}
