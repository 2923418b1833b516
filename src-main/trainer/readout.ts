/** The readout in the state of a checkpoint: what the encoder compares photos by, beside what was trained. */
import { READOUT } from '../../shared/stateNames.ts';
import type { State } from '../engine/index.ts';
import type { Readout } from '../evaluate/index.ts';

/** The state with this readout in the place of any that it had; null: without one. */
export function withReadout(state: State, readout: Readout | null): State {
  const out = new Map([...state].filter(([name]) => name !== READOUT.weight && name !== READOUT.bias));
  if (!readout) return out;
  const d = readout.bias.length;
  out.set(READOUT.weight, { shape: [d, readout.weight.length / d], data: readout.weight });
  return out.set(READOUT.bias, { shape: [d], data: readout.bias });
}

/** The readout that a checkpoint was saved with. */
export function readoutOf(state: State): Readout | null {
  const [weight, bias] = [state.get(READOUT.weight), state.get(READOUT.bias)];
  return weight && bias ? { weight: weight.data, bias: bias.data } : null;
}
