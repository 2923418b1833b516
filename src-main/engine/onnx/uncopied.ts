/**
 * Runs that leave their outputs where the caller asked, and nowhere else. The runtime's binding for Node copies every
 * output of a run once more, those that were written into a tensor of the caller as well: all of a network's state in
 * each step. A model that is `uncopied` has a first output that the binding cannot hand over, an empty list: it refuses
 * that once everything has been computed, and copies nothing. A binding that knows lists would copy as ever.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { OnnxModel } from './schema.ts';

const REFUSED = 'refused';
/** What the binding (onnxruntime-node 1.30) says of a list, after the run. */
const COMPLAINT = 'Non tensor type is temporarily not supported.';

/** The model with that output before its own. */
export const uncopied = <M extends OnnxModel>(model: M): M => ({
  ...model,
  nodes: [...model.nodes, { opType: 'SequenceEmpty', inputs: [], outputs: [REFUSED], attributes: {} }],
  outputs: [{ name: REFUSED, shape: [], isList: true }, ...model.outputs],
});

export const isUncopied = (session: InferenceSession): boolean => session.outputNames[0] === REFUSED;

/** Runs an uncopied model, which writes all of its other outputs into `into`, and returns that. */
export async function runInto<T extends Readonly<Record<string, OrtTensor>>>(
  session: InferenceSession,
  feeds: Readonly<Record<string, OrtTensor>>,
  into: T,
): Promise<T> {
  try {
    await session.run(feeds, { [REFUSED]: null, ...into });
  } catch (error) {
    if (!(error instanceof Error) || error.message !== COMPLAINT) throw error;
  }
  return into;
}
