/** The backbone's tensors as other programs name them. */
import { READOUT } from '../../shared/stateNames.ts';
import type { State } from '../engine/index.ts';
import type { Tensor } from './safetensors.ts';

const PREFIX = 'backbone.';

/** The backbone under torchvision's names, with the counters PyTorch's batch normalisation keeps. */
export function backboneTensors(state: State): Map<string, Tensor> {
  const out = new Map<string, Tensor>();
  for (const [name, { shape, data }] of state) {
    if (!name.startsWith(PREFIX)) continue;
    const short = name.slice(PREFIX.length);
    out.set(short, { shape, data });
    if (short.endsWith('.running_var'))
      out.set(short.replace(/running_var$/, 'num_batches_tracked'), { shape: [], data: BigInt64Array.of(0n) });
  }
  return out;
}

/** What turns the last two stages, pooled, into the embedding: a torch.nn.Linear. Null where photos are compared by pooled features. */
export function readoutTensors(state: State): Map<string, Tensor> | null {
  const [weight, bias] = [state.get(READOUT.weight), state.get(READOUT.bias)];
  return weight && bias
    ? new Map([
        ['weight', weight],
        ['bias', bias],
      ])
    : null;
}
