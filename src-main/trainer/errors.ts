/** What the trainer refuses or gives up on: a code, the offending value in `details`, the remedy in the message. */
export type TrainerErrorCode =
  | 'cannot-start'
  | 'non-finite-loss'
  | 'no-images'
  | 'bad-checkpoint'
  | 'no-checkpoint'
  | 'stopped'
  | 'bad-job';

export class TrainerError extends Error {
  override readonly name: string = 'TrainerError';
  readonly code: TrainerErrorCode;
  readonly details: Record<string, unknown>;
  constructor(code: TrainerErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The loss or a parameter became NaN or infinite. Nothing of that step is saved. */
export class NonFiniteLossError extends TrainerError {
  override readonly name = 'NonFiniteLossError';
  constructor(facts: { step: number; epoch: number; learningRate: number; what: string; checkpoint: string | null }) {
    const kept = facts.checkpoint ? `the checkpoint of ${facts.checkpoint} is kept` : 'no checkpoint had been written yet';
    super(
      'non-finite-loss',
      `${facts.what} became infinite or NaN at step ${facts.step} (epoch ${facts.epoch.toFixed(2)}, learning rate ${facts.learningRate.toPrecision(3)}); ` +
        `${kept}. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.`,
      { ...facts, setting: 'optimizer.baseLearningRate' },
    );
  }
}
