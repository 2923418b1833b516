/**
 * Parameters that go along a slot, moved where they lie. Within the step they would need a second memory: which of a
 * weight's readers is computed last, the runtime does not say, so that nothing may be written over it before the step's
 * end. What the step would compute is computed here, to the last bit.
 */

/** p' = p - lr v', in float32 as the runtime rounds it: the product, then the difference. */
export function move(parameter: Float32Array, slot: Float32Array, learningRate: number): void {
  for (let i = 0; i < parameter.length; i++) parameter[i] = parameter[i]! - Math.fround(learningRate * slot[i]!); // a difference of two is rounded right by way of float64
}
