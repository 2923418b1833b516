/** Where a run's first weights come from, as its settings write it: 'random', 'rendered' (startingWeights.ts), a file's path, or an earlier run's. */

/** Endings of files that weights come in: safetensors, what PyTorch saves, and ONNX. */
export const weightEndings = ['safetensors', 'pth', 'pt', 'pth.tar', 'ckpt', 'pyth', 'onnx'] as const;

export const isWeightsFile = (name: string): boolean =>
  weightEndings.some((ending) => name.toLowerCase().endsWith(`.${ending}`));

export interface FromRun {
  runId: string;
  /** null: its newest checkpoint. */
  checkpointId: string | null;
}

/** 'run:ID' or 'run:ID@CHECKPOINT'; null for anything else. */
export function weightsOfRun(init: string): FromRun | null {
  if (!init.startsWith('run:')) return null;
  const [runId = '', checkpointId = null] = init.slice('run:'.length).split('@', 2);
  return { runId, checkpointId };
}

export const initFromRun = (runId: string, checkpointId: string | null = null): string =>
  `run:${runId}${checkpointId === null ? '' : `@${checkpointId}`}`;
