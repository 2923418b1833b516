/**
 * Photos of one colour nearly everywhere: whatever is cropped from them is the same, so that a batch of them varies by
 * nothing, and batch normalisation, which divides by how much it varies, multiplies gradients by hundreds a layer.
 * They are looked for by the monitor: what is here is loaded with the errors, by the thread that only talks, too.
 */
export interface Even {
  count: number;
  /** Photos that were looked at. */
  of: number;
}

/** Share of the photos from which on they are told of, and taken for the cause where numbers become infinite. */
const MANY = 0.5;

export const areMany = ({ count, of }: Even): boolean => count > 0 && count >= MANY * of;
