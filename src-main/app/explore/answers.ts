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
  /** Share of all photos that probably has the tag, and between which it lies; null where the answers tell nothing. */
  share: number | null;
  range: [number, number] | null;
  /** The probability that a photo of this score has the tag. */
  probability(score: number): number;
}

/** So many that do not belong say something. */
const fewest = 5;
/** From so many on, scores that part the answers hardly better than chance are believed to do so. */
const enough = 10;
/** Below it, an order by score is hardly one. */
const chance = 0.6;

/**
 * How fast the odds fall with the score, as shares of what examples against all photos say, which is too fast: most
 * examples are from the top. The middle, and both ends of what was right for 35 of 38 states of five classes of CIFAR-10
 * (docs/tags.md).
 */
const steepness = { middle: 0.8, ends: [1.1, 0.6] } as const;

/** @param others scores of a sample of all photos; `slope` of the logit over the score, by examples against that sample */
export function toldBy({ yes, no, counts }: Answers, others: readonly number[], slope: number): Told | null {
  if (counts.no < fewest || no.length === 0 || yes.length === 0) return null;
  const above = no.reduce((sum, low) => sum + yes.filter((high) => high > low).length, 0);
  const apart = above / (yes.length * no.length);
  const by = (steep: number) => {
    const shift = shiftOf(yes, no, counts, steep);
    return (score: number) => sigmoid(steep * score + shift);
  };
  const shareOf = (probability: (score: number) => number) =>
    others.reduce((sum, score) => sum + probability(score), 0) / others.length;
  const probability = by(steepness.middle * slope);
  if (apart < chance && counts.no >= enough) return { apart, share: null, range: null, probability };
  const [low, high] = steepness.ends.map((end) => shareOf(by(end * slope))) as [number, number];
  return { apart, share: shareOf(probability), range: [low, high], probability };
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
