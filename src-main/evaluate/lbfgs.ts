/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) with a line search for the strong Wolfe
 * conditions (algorithms 3.5 and 3.6), in double precision. Knows nothing of what it minimises.
 */

export interface Evaluation {
  value: number;
  gradient: Float64Array;
}
export type Objective = (at: Float64Array) => Promise<Evaluation>;

export interface Minimum {
  position: Float64Array;
  value: number;
  iterations: number;
  converged: boolean;
}

const HISTORY = 10;
const DECREASE = 1e-4;
const CURVATURE = 0.9;

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
const largest = (a: Float64Array): number => {
  let out = 0;
  for (const x of a) out = Math.max(out, Math.abs(x));
  return out;
};
const along = (from: Float64Array, direction: Float64Array, step: number): Float64Array =>
  from.map((x, i) => x + step * direction[i]!);

export interface MinimizeOptions {
  maxIterations: number;
  /** Ends when the gradient's largest element is at most this. */
  tolerance: number;
  /** Relative rounding of the objective's values: gains below it cannot be seen. Default that of double precision. */
  rounding?: number;
}

/** Minimises a function, beginning at `start`. */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { maxIterations, tolerance, rounding = 1e-15 }: MinimizeOptions,
): Promise<Minimum> {
  let position = start;
  let { value, gradient } = await objective(position);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (largest(gradient) <= tolerance) return { position, value, iterations: iteration, converged: true };
    const direction = descent(gradient, steps, changes);
    const first = iteration === 0 ? Math.min(1, 1 / Math.sqrt(inner(gradient, gradient))) : 1;
    const found = await lineSearch(objective, position, value, gradient, direction, first);
    // No step improves. Where the step promised less than rounding hides, this is the minimum.
    if (!found) {
      const promised = -inner(gradient, direction) / 2;
      return { position, value, iterations: iteration, converged: promised <= rounding * Math.max(1, Math.abs(value)) };
    }
    const step = found.position.map((x, i) => x - position[i]!);
    const change = found.gradient.map((x, i) => x - gradient[i]!);
    if (inner(step, change) > 1e-12 * inner(change, change)) {
      steps.push(step);
      changes.push(change);
      if (steps.length > HISTORY) {
        steps.shift();
        changes.shift();
      }
    }
    const gain = value - found.value;
    ({ position, value, gradient } = found);
    if (gain <= 64 * Number.EPSILON * Math.max(1, Math.abs(value)))
      return { position, value, iterations: iteration + 1, converged: true };
  }
  return { position, value, iterations: maxIterations, converged: false };
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descent(gradient: Float64Array, steps: Float64Array[], changes: Float64Array[]): Float64Array {
  const q = gradient.slice();
  const alphas: number[] = [];
  for (let h = steps.length - 1; h >= 0; h--) {
    const alpha = inner(steps[h]!, q) / inner(steps[h]!, changes[h]!);
    alphas[h] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * changes[h]![i]!;
  }
  const last = steps.length - 1;
  const scale = last >= 0 ? inner(steps[last]!, changes[last]!) / inner(changes[last]!, changes[last]!) : 1;
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  for (let h = 0; h < steps.length; h++) {
    const beta = inner(changes[h]!, q) / inner(steps[h]!, changes[h]!);
    for (let i = 0; i < q.length; i++) q[i]! += (alphas[h]! - beta) * steps[h]![i]!;
  }
  return q.map((x) => -x);
}

type Point = Evaluation & { position: Float64Array; step: number; slope: number };

async function lineSearch(
  objective: Objective,
  position: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): Promise<Point | null> {
  const slope = inner(gradient, direction);
  if (!(slope < 0)) return null;
  const at = async (step: number): Promise<Point> => {
    const moved = along(position, direction, step);
    const evaluation = await objective(moved);
    return { ...evaluation, position: moved, step, slope: inner(evaluation.gradient, direction) };
  };
  const enough = (p: Point) => p.value <= value + DECREASE * p.step * slope;
  const flat = (p: Point) => Math.abs(p.slope) <= -CURVATURE * slope;

  let previous: Point = { value, gradient, position, step: 0, slope };
  let step = first;
  for (let trial = 0; trial < 20; trial++) {
    const point = await at(step);
    if (!enough(point) || (trial > 0 && point.value >= previous.value)) return zoom(previous, point);
    if (flat(point)) return point;
    if (point.slope >= 0) return zoom(point, previous);
    previous = point;
    step *= 2;
  }
  return previous.step > 0 ? previous : null;

  /** Narrows the interval between a point that decreases enough and one that does not, or that lies beyond. */
  async function zoom(low: Point, high: Point): Promise<Point | null> {
    for (let trial = 0; trial < 30; trial++) {
      // The minimum of the parabola through the low point's value and slope and the high point's value, kept inside.
      const width = high.step - low.step;
      const parabola = (-low.slope * width * width) / (2 * (high.value - low.value - low.slope * width));
      const inside = Number.isFinite(parabola) && parabola / width > 0.1 && parabola / width < 0.9;
      const point = await at(low.step + (inside ? parabola : width / 2));
      if (!enough(point) || point.value >= low.value) high = point;
      else {
        if (flat(point)) return point;
        if (point.slope * (high.step - low.step) >= 0) high = low;
        low = point;
      }
      if (Math.abs(high.step - low.step) < 1e-14) break;
    }
    return low.step > 0 ? low : null;
  }
}
