/** The Lab's words in English: studies, arms, findings and the report. lab.zh-CN.ts has the same keys and placeholders. */
import type { Message } from './format.ts';
import { methodTitles } from './methods.ts';

export const labEn = {
  'study.stop-gradient.title': 'Stop-gradient',
  'study.stop-gradient.changes':
    'Whether the view that serves as the target passes its gradient back into the network.',
  'study.stop-gradient.paper':
    'Without it the loss falls to −1 at once, all photos become alike and nothing is learned.',
  'study.predictor.title': 'Predictor',
  'study.predictor.changes':
    'The small network h that one view passes before it is compared: trained, left out or never trained; and whether its learning rate falls.',
  'study.predictor.paper':
    'Without h it collapses; with a fixed random h the loss stays high; a rate that does not fall is best.',
  'study.batch-size.title': 'Batch size',
  'study.batch-size.changes': 'How many photos make one step; the learning rate follows in proportion.',
  'study.batch-size.paper': 'From 64 to 2048 all work; SimSiam needs no large batch.',
  'study.heads-bn.title': 'Batch normalisation in the heads',
  'study.heads-bn.changes': 'Which layers of projector and predictor are normalised over the batch.',
  'study.heads-bn.paper':
    'It helps the optimisation and is not what prevents the collapse: without it the network learns less, with it on every layer training is unstable.',
  'study.similarity.title': 'Similarity',
  'study.similarity.changes': 'How the two views are compared: by the cosine or by the cross-entropy of their softmax.',
  'study.similarity.paper': 'Both learn: that there is no collapse does not hang on the cosine.',
  'study.symmetry.title': 'Symmetry of the loss',
  'study.symmetry.changes': 'Whether each view predicts the other or one alone does.',
  'study.symmetry.paper': 'One direction is enough; two make one more prediction of each photo.',
  'study.alternation.title': 'Alternation',
  'study.alternation.changes': 'For how many steps the targets are kept before they are computed anew: 1 is SimSiam.',
  'study.alternation.paper': 'Many steps with kept targets work as well: SimSiam solves two problems by turns.',
  'study.moving-average.title': 'Moving average instead of the predictor',
  'study.moving-average.changes':
    'The predictor is left out, and each photo’s target becomes an average over its views so far.',
  'study.moving-average.paper': 'The average learns without a predictor: the predictor’s part is to stand for it.',
  'study.output-dimension.title': 'Output dimension',
  'study.output-dimension.changes': 'How many numbers d the projection has; the predictor narrows to a quarter of it.',
  'study.output-dimension.paper': 'Wider is better, up to 2048.',
  'study.relations.title': 'Relation to SimCLR and SwAV',
  'study.relations.changes': 'Predictor and stop-gradient in methods that prevent the collapse in another way.',
  'study.relations.paper': 'SimCLR and SwAV gain nothing from a predictor; SwAV without stop-gradient diverges.',
  'study.methods.title': 'Methods compared',
  'study.methods.changes': 'The method: negatives, a momentum encoder, clusters, or none of them.',
  'study.methods.paper': 'With 100 epochs SimSiam leads; with 800 BYOL does. All learn.',

  'arm.stop-gradient.with': 'with stop-gradient',
  'arm.stop-gradient.without': 'without stop-gradient',
  'arm.predictor.decayed': 'trained, rate falling',
  'arm.predictor.identity': 'no predictor',
  'arm.predictor.fixed': 'random, never trained',
  'arm.predictor.constant': 'trained, rate constant',
  'arm.batch-size': 'batch {batch} (paper: {paper})',
  'arm.heads-bn.none': 'no normalisation',
  'arm.heads-bn.hidden': 'hidden layers',
  'arm.heads-bn.default': 'hidden layers and projection',
  'arm.heads-bn.all': 'all layers',
  'arm.similarity.cosine': 'cosine',
  'arm.similarity.cross-entropy': 'cross-entropy',
  'arm.symmetry.symmetric': 'symmetric',
  'arm.symmetry.asymmetric': 'one direction',
  'arm.symmetry.asymmetric-2x': 'one direction, two pairs of views',
  'arm.alternation.steps-1': '1 step (SimSiam)',
  'arm.alternation.steps-10': '10 steps',
  'arm.alternation.steps-100': '100 steps',
  'arm.alternation.epoch': 'an epoch',
  'arm.moving-average.predictor': 'predictor (SimSiam)',
  'arm.moving-average.average': 'moving average, no predictor',
  'arm.moving-average.neither': 'neither',
  'arm.output-dimension': 'd = {d}',
  'arm.relations.simclr': 'SimCLR',
  'arm.relations.simclr-predictor': 'SimCLR with predictor',
  'arm.relations.simclr-both': 'SimCLR with predictor and stop-gradient',
  'arm.relations.swav': 'SwAV',
  'arm.relations.swav-predictor': 'SwAV with predictor',
  'arm.relations.swav-no-stop-gradient': 'SwAV without stop-gradient',
  ...methodTitles('arm.methods'),

  'outcome.learns': 'learns',
  'outcome.collapses': 'collapses',
  'outcome.notLearning': 'does not learn',
  'outcome.unstable': 'unstable',
  'outcome.diverges': 'diverges',
  'outcome.fails': 'fails',

  'verdict.healthy': 'learning',
  'verdict.suspicious': 'suspicious',
  'verdict.dimensionalCollapse': 'dimensional collapse',
  'verdict.collapsed': 'collapsed',
  'verdict.notLearning': 'not learning',
  'verdict.worseThanStart': 'worse than its start',
  'verdict.diverging': 'diverged',

  'run.name': '{study}: {arm}',

  'state.queued': 'waiting',
  'state.running': 'training',
  'state.paused': 'paused',
  'state.finished': 'done',
  'state.stopped': 'stopped',
  'state.failed': 'failed',
  'state.interrupted': 'interrupted',

  'measure.knn': 'kNN accuracy',
  'measure.linear': 'linear accuracy',
  'measure.agreement': 'neighbour agreement',
  'measure.knn.leave-one-out':
    'kNN accuracy: share of {asked} of the photos whose label is found by a vote of their nearest neighbours among these, the photo itself left out.',
  'measure.knn.held-out':
    'kNN accuracy: share of up to {asked} held-out photos, which were never trained on, whose label is found by a vote of their nearest neighbours among the others.',
  'measure.linear.leave-one-out':
    'Linear accuracy: share of photos set aside whose label a linear classifier on the frozen features of the others finds.',
  'measure.linear.held-out':
    'Linear accuracy: share of held-out photos whose label a linear classifier on the frozen features of the others finds.',
  'measure.agreement.leave-one-out':
    'Neighbour agreement: the folder has no labels, so it is the share of {asked} photos whose nearest neighbour among all second views is their own second view.',
  'measure.agreement.held-out':
    'Neighbour agreement: the folder has no labels, so it is the share of {asked} photos whose nearest neighbour among all second views is their own second view.',

  'note.fewSteps':
    'Only {steps} steps for an arm: arms may not come apart. About {minutes} min for each would make {enough} steps.',
  'note.noLabels':
    'The folder has no labels: arms are compared by neighbour agreement, which is less telling than kNN.',
  'note.overBudget': 'Even one epoch of the slowest arm takes longer than the budget: about {seconds} s.',
  'note.batches':
    'The paper’s batch sizes are divided by {factor}, so that the largest fits twice into {images} photos.',
  'note.longAlternation': 'An epoch has {steps} steps here: 100 steps are more than an epoch.',
  'note.busy': 'Something else is training: the prediction is from earlier speeds, and the arms wait for it.',

  'finding.referenceNotLearned':
    '{reference} itself has not learned in this time ({mean} % against {untrained} % before training), so the study shows little: give it more minutes.',
  'finding.learned': '{reference} learned: {mean} % against {untrained} % before training.',
  'finding.collapsed':
    '{arm} collapsed: the loss went to {loss} while its features use {rank} directions, against {referenceRank} of {reference}; {mean} % against {untrained} % before training.',
  'finding.collapsing':
    '{arm} did not learn and looks like the beginning of a collapse: loss {loss}, {rank} directions against {referenceRank} of {reference}; {mean} % against {untrained} % before training.',
  'finding.notLearned':
    '{arm} did not learn: loss {loss}, {mean} % against {untrained} % before training; its features still use {rank} directions, so it is no collapse.',
  'finding.lost': '{arm} ended below the untrained network: {mean} % against {untrained} %.',
  'finding.diverged': '{arm} diverged: its loss became infinite or kept rising.',
  'finding.failed': '{arm} ended with an error and is not counted.',
  'finding.outcomesAgree': 'Which arms learn and which do not is as in the paper.',
  'finding.learnsUnlike': 'Unlike in the paper, {arms} learned here.',
  'finding.failsUnlike': 'Unlike in the paper, {arms} did not learn here.',
  'finding.best': '{arm} is best with {mean} %, {gain} points ahead of the next.',
  'finding.tied': 'The best cannot be told apart: {arms}.',
  'finding.order':
    'Of {pairs} pairs of learning arms that the paper tells apart, {agree} have the same order here, {differ} the other, and {same} differ by no more than chance.',
  'finding.noDifference': 'The arms that learn differ by no more than chance here.',
  'finding.oneSeed': 'One seed: differences below about {points} points may be chance; more seeds would tell.',
  'finding.spread': '{seeds} seeds: means differ by chance by about {points} points.',
  'finding.partial': '{done} of {count} trainings are done; this is what they show so far.',

  'report.title': '{study}: a study on {folder}',
  'report.lead':
    'A study of “Exploring Simple Siamese Representation Learning” (Chen and He, 2020; {paper}), repeated on {images} photos.',
  'report.shows': 'What it shows',
  'report.table': 'Results beside the paper’s',
  'report.arm': 'Arm',
  'report.untrained': 'before training',
  'report.free': 'for nothing',
  'report.spread': 'spread',
  'report.seeds': 'seeds',
  'report.rank': 'rank',
  'report.loss': 'loss',
  'report.std': 'std of z',
  'report.verdict': 'verdict',
  'report.paper': 'paper',
  'report.reference': 'reference',
  'report.paperNote':
    'Paper: % right of a linear classifier on ImageNet with ResNet-50 after 100 epochs. The levels are not comparable with ours; what can be compared is which arms learn and in which order.',
  'report.longer': 'After {epochs} epochs the paper has: {list}.',
  'report.curves': 'Curves of the arms',
  'report.curveOf': '{metric} over epochs, by arm',
  'report.epoch': 'epoch',
  'report.collapseLine': 'the loss of a collapse',
  'report.settings': 'Settings',
  'report.shared': 'The same in all arms',
  'report.different': 'What differs',
  'report.setting': 'setting',
  'report.value': 'value',
  'report.budget': '{minutes} min for the slowest arm',
  'report.definitions': 'Definitions',
  'report.definition.rank':
    'Effective rank: how many directions the features of the probe photos really use (exp of the entropy of their singular values).',
  'report.definition.loss':
    'Loss of the method over the last epochs measured; for SimSiam −1 means that the views agree completely, also where all photos are alike. Losses of different methods or similarities cannot be compared.',
  'report.definition.std':
    'Std of z: standard deviation of the normalised projections over a batch times √d, in training. 1: spread over the sphere, 0: all at one point (paper, Fig. 2).',
  'report.definition.spread': 'Spread: standard deviation over the seeds, in points.',
  'report.definition.untrained': 'Before training: the same measure of the same network with random weights.',
  'report.definition.free':
    'For nothing: the same measure of the best of what needs no training (pixels, whitened pixels, edges beside pixels).',
  'report.facts': 'How it was made',
  'report.folder': 'Folder',
  'report.photos': 'Photos trained on',
  'report.epochs': 'Epochs of each arm',
  'report.device': 'Device',
  'report.date': 'Date',
  'report.version': 'Lookalike',
  'report.trainings': 'Trainings',
  'report.time': 'Time of training',
  'report.unfinished': 'This study is not finished: {done} of {count} trainings are done.',
  'report.none': 'none',
  'report.noCurve': 'no curve: its run was deleted or has not begun',
} as const satisfies Record<string, Message>;

export type LabKey = keyof typeof labEn;
