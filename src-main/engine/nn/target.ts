/**
 * A copy of a network that follows it: at the start of a step each of its parameters becomes m times itself plus
 * 1 - m times the network's, with m fed to the step, and no gradient reaches it. With m just below 1 it is the momentum
 * encoder of MoCo and BYOL; with m = 0 at every k-th step and 1 between, the network as it was when an alternation
 * began. Like the network it normalises by the statistics of its batch; it keeps no running ones, as nothing reads them.
 */
import { TARGET_MOMENTUM } from '../../../shared/methods/index.ts';
import type { Shape, Tensor } from '../graph.ts';
import { add, mul, scale, stopGradient, addConstant } from '../ops/index.ts';
import type { Initial } from '../state.ts';
import { Network } from './network.ts';

export class TargetNetwork extends Network {
  readonly #online: Network;
  readonly #momentum: Tensor;
  readonly #followed = new Map<string, Tensor>();

  constructor(online: Network) {
    super(online.graph, 'training', undefined, online.stacked);
    this.#online = online;
    this.#momentum = online.graph.input(TARGET_MOMENTUM, []);
  }

  override parameter(name: string, shape: Shape, initial: Initial): Tensor {
    let followed = this.#followed.get(name);
    if (followed) return followed;
    const online = this.#online.parameter(name, shape, initial);
    // Its first value does not count: a run's first step has m = 0.
    const own = this.#online.buffer(`method.target.${name}`, shape, { kind: 'constant', value: 0 });
    followed = add(mul(own, this.#momentum), mul(stopGradient(online), addConstant(scale(this.#momentum, -1), 1)));
    this.#online.update(`method.target.${name}`, followed);
    this.#followed.set(name, followed);
    return followed;
  }

  /** Running statistics stay the network's own. */
  override follow(): void {}
}
