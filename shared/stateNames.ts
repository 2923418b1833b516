/** What the names of a checkpoint's tensors say, for those who read no more of it than its head. */

/** Whether a tensor continues an optimizer's work: 'optimizer.<slot>.<parameter>', in the first release 'momentum.<parameter>'. */
export const isOptimizerSlot = (name: string): boolean => name.startsWith('optimizer.') || name.startsWith('momentum.');

/** Whether a tensor only continues training, and is nothing that the encoder computes with. */
export const isForTraining = (name: string): boolean => isOptimizerSlot(name) || name.startsWith('method.');

/**
 * The layer between the backbone and the embedding where photos are compared by whitened features: an affine map fitted on
 * photos, not trained, under the names of a torch.nn.Linear. A state without it gives pooled features.
 */
export const READOUT = { weight: 'readout.weight', bias: 'readout.bias' } as const;
