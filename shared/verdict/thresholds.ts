/**
 * The numbers that the rules of the verdict compare figures with; charts shade by them too. Chosen on one half of the
 * recorded runs in test/unit/fixtures/runs. Shares of ranks are of the highest that the run has shown, its untrained one
 * included.
 */
export const thresholds = {
  /** Rows without a sign after which an alarm is taken back. */
  holdRows: 4,
  /** Nothing is judged before so many steps: the running statistics of batch normalisation have not settled. */
  settleSteps: 30,
  /** Share of the backbone's rank: collapses end below a tenth; the lowest of a healthy run is 0.4. */
  rankCollapsed: 0.3,
  rankSuspicious: 0.55,
  /** Share of the rank of z. A healthy z can use few directions too (LARS), but then it is spread over them. */
  projectionRankCollapsed: 0.12,
  /** The cosine loss of a collapse ends near -1. */
  lossCollapsed: -0.8,
  /** Here a cosine loss says that views agree well, for a good reason or a bad one. */
  lossAgreeing: -0.6,
  /** Std ratio of z in training. Where the head normalises z, healthy runs stay above the first, and collapses fall to 0.3. */
  zStdHealthy: 0.9,
  zStdSuspicious: 0.85,
  zStdFallen: 0.8,
  zStdCollapsed: 0.5,
  /**
   * All photos at one point, where the head normalises z: its std ratio is below this in training and in evaluation
   * mode (for dim photos in training alone, whatever the head).
   */
  zStdPoint: 0.1,
  /**
   * The same where it does not, as a healthy z may begin at 0.1: in evaluation mode, with training below zStdCollapsed.
   */
  projectionStdPoint: 0.04,
  /** Std ratio of the features: an untrained network shows 0.2 and more, whatever its head. */
  featureStdPoint: 0.05,
  /**
   * Diverging: a rise of the loss above its least value, kept up for two rows; in units of a cosine loss, and for
   * others as a share of what a network pays to which all photos look the same.
   */
  lossRise: 0.3,
  lossRiseShare: 0.15,
  /** Not learning is said after so many steps and rows, of a loss that fell by less than this over the latter half. */
  patienceSteps: 200,
  patienceRows: 5,
  lossFall: 0.05,
  lossFallShare: 0.004,
  /**
   * Not learning also asks that the std ratio of z has not grown by this factor: MoCo's z spreads while its loss stands
   * still, as its queue learns too.
   */
  zStdGrowth: 1.1,
  /**
   * Gains over the untrained network that count as learning, whatever the loss says: two standard errors of a few
   * hundred photos.
   */
  knnGain: 0.06,
  agreementGain: 0.03,
  /**
   * Gain in kNN accuracy that no collapse shows: what tells photos apart is not lost, whatever spread and rank say. No
   * recorded collapse ended with more than 0.06.
   */
  knnKept: 0.1,
  /**
   * The same for neighbour agreement where there are no labels: no recorded collapse gained more than 0.04, but one of
   * 48 photos 0.13.
   */
  agreementKept: 0.15,
  /** Share of the best gain that must still be there, for labels and agreement alike. */
  keptShare: 0.7,
  /**
   * Losing its start, for a run that began with known weights: what it has lost of its first figure, kept up for two
   * rows, or twice as much at one. `startLostShare` is of what its start was worth above random weights; `startLost` is
   * the least, which is chance among a few hundred photos.
   */
  startLost: 0.06,
  startLostShare: 0.25,
} as const;
