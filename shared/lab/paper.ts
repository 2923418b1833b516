/** What the SimSiam paper says of an arm of a study (ImageNet, linear top-1, ResNet-50), as data. */

export interface PaperResult {
  /** % right, ImageNet linear top-1 after 100 epochs; null where the paper gives no number. */
  top1: number | null;
  outcome: 'learns' | 'collapses' | 'notLearning' | 'unstable' | 'diverges' | 'fails';
  /** The same after more epochs, where the paper has them. */
  longer?: readonly { epochs: number; top1: number }[];
}

export const learns = (top1: number | null, longer?: PaperResult['longer']): PaperResult => ({
  top1,
  outcome: 'learns',
  ...(longer && { longer }),
});

export const collapses: PaperResult = { top1: 0.1, outcome: 'collapses' };

/** Table 4's further columns. */
export const longer = (at200: number, at400: number, at800: number) => [
  { epochs: 200, top1: at200 },
  { epochs: 400, top1: at400 },
  { epochs: 800, top1: at800 },
];
