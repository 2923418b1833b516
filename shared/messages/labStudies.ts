/** What the Lab's studies and their arms are called, what they change and what the paper found. */
import { catalogue } from './catalogue.ts';
import { methodTitles } from './methods.ts';

export const labStudies = catalogue({
  'study.which-way.title': ['Which way is best?', '哪种方式最好？'],
  'study.which-way.changes': [
    'How the encoder begins on these photos: with the weights that come with the application, kept or trained on, or from scratch.',
    '编码器在这些照片上如何开始：保留或继续训练应用自带的权重，或从零开始。',
  ],
  'study.which-way.paper': [
    'The paper does not ask this: it trains from scratch, for days.',
    '论文没有问这个问题：它从零开始训练好几天。',
  ],
  'arm.which-way.kept': ['The starting weights as they are', '保留起始权重'],
  'arm.which-way.gentle': ['Starting weights, trained on gently', '温和地继续训练起始权重'],
  'arm.which-way.continued': ['Starting weights, trained on', '继续训练起始权重'],
  'arm.which-way.scratch': ['From scratch', '从零开始'],
  'arm.which-way.taught': ['Starting weights, with a teacher', '起始权重，由教师指导'],
  'study.stop-gradient.title': ['Stop-gradient', '停止梯度'],
  'study.stop-gradient.changes': [
    'Whether the view that serves as the target passes its gradient back into the network.',
    '作为目标的那个视图是否把梯度传回网络。',
  ],
  'study.stop-gradient.paper': [
    'Without it the loss falls to −1 at once, all photos become alike and nothing is learned.',
    '没有它，损失立刻降到 −1，所有照片变得一样，什么也没学到。',
  ],
  'study.predictor.title': ['Predictor', '预测头'],
  'study.predictor.changes': [
    'The small network h that one view passes before it is compared: trained, left out or never trained; and whether its learning rate falls.',
    '一个视图在比较前经过的小网络 h：训练、去掉或从不训练；以及它的学习率是否衰减。',
  ],
  'study.predictor.paper': [
    'Without h it collapses; with a fixed random h the loss stays high; a rate that does not fall is best.',
    '没有 h 会坍缩；固定的随机 h 使损失居高不下；学习率不衰减最好。',
  ],
  'study.batch-size.title': ['Batch size', '批次大小'],
  'study.batch-size.changes': [
    'How many photos make one step; the learning rate follows in proportion.',
    '每一步用多少张照片；学习率按比例变化。',
  ],
  'study.batch-size.paper': [
    'From 64 to 2048 all work; SimSiam needs no large batch.',
    '从 64 到 2048 都可行；SimSiam 不需要大批次。',
  ],
  'study.heads-bn.title': ['Batch normalisation in the heads', '头部的批归一化'],
  'study.heads-bn.changes': [
    'Which layers of projector and predictor are normalised over the batch.',
    '投影头和预测头的哪些层在批次上归一化。',
  ],
  'study.heads-bn.paper': [
    'It helps the optimisation and is not what prevents the collapse: without it the network learns less, with it on every layer training is unstable.',
    '它有助于优化，但并非防止坍缩的原因：去掉时学得较少，每层都加则训练不稳定。',
  ],
  'study.similarity.title': ['Similarity', '相似度'],
  'study.similarity.changes': [
    'How the two views are compared: by the cosine or by the cross-entropy of their softmax.',
    '两个视图如何比较：余弦，或 softmax 的交叉熵。',
  ],
  'study.similarity.paper': [
    'Both learn: that there is no collapse does not hang on the cosine.',
    '两者都能学习：不坍缩并不取决于余弦。',
  ],
  'study.symmetry.title': ['Symmetry of the loss', '损失的对称性'],
  'study.symmetry.changes': [
    'Whether each view predicts the other or one alone does.',
    '两个视图互相预测，还是只由其中一个预测。',
  ],
  'study.symmetry.paper': [
    'One direction is enough; two make one more prediction of each photo.',
    '一个方向已足够；两个方向使每张照片多一次预测。',
  ],
  'study.alternation.title': ['Alternation', '交替优化'],
  'study.alternation.changes': [
    'For how many steps the targets are kept before they are computed anew: 1 is SimSiam.',
    '目标保持多少步后才重新计算：1 即 SimSiam。',
  ],
  'study.alternation.paper': [
    'Many steps with kept targets work as well: SimSiam solves two problems by turns.',
    '目标保持许多步同样可行：SimSiam 轮流求解两个问题。',
  ],
  'study.moving-average.title': ['Moving average instead of the predictor', '用移动平均代替预测头'],
  'study.moving-average.changes': [
    'The predictor is left out, and each photo’s target becomes an average over its views so far.',
    '去掉预测头，每张照片的目标变为其以往视图的平均。',
  ],
  'study.moving-average.paper': [
    'The average learns without a predictor: the predictor’s part is to stand for it.',
    '没有预测头时平均也能学习：预测头的作用正是代替它。',
  ],
  'study.output-dimension.title': ['Output dimension', '输出维度'],
  'study.output-dimension.changes': [
    'How many numbers d the projection has; the predictor narrows to a quarter of it.',
    '投影有多少个数 d；预测头收窄到其四分之一。',
  ],
  'study.output-dimension.paper': ['Wider is better, up to 2048.', '越宽越好，直到 2048。'],
  'study.relations.title': ['Relation to SimCLR and SwAV', '与 SimCLR 和 SwAV 的关系'],
  'study.relations.changes': [
    'Predictor and stop-gradient in methods that prevent the collapse in another way.',
    '在以其他方式防止坍缩的方法中加入预测头和停止梯度。',
  ],
  'study.relations.paper': [
    'SimCLR and SwAV gain nothing from a predictor; SwAV without stop-gradient diverges.',
    '预测头对 SimCLR 和 SwAV 没有帮助；SwAV 去掉停止梯度会发散。',
  ],
  'study.methods.title': ['Methods compared', '方法比较'],
  'study.methods.changes': [
    'The method: negatives, a momentum encoder, clusters, or none of them.',
    '方法：负样本、动量编码器、聚类，或都不用。',
  ],
  'study.methods.paper': [
    'With 100 epochs SimSiam leads; with 800 BYOL does. All learn.',
    '100 轮时 SimSiam 领先，800 轮时 BYOL 领先。都能学习。',
  ],

  'arm.stop-gradient.with': ['with stop-gradient', '有停止梯度'],
  'arm.stop-gradient.without': ['without stop-gradient', '无停止梯度'],
  'arm.predictor.decayed': ['trained, rate falling', '训练，学习率衰减'],
  'arm.predictor.identity': ['no predictor', '无预测头'],
  'arm.predictor.fixed': ['random, never trained', '随机，从不训练'],
  'arm.predictor.constant': ['trained, rate constant', '训练，学习率不变'],
  'arm.batch-size': ['batch {batch} (paper: {paper})', '批次 {batch}（论文：{paper}）'],
  'arm.heads-bn.none': ['no normalisation', '不归一化'],
  'arm.heads-bn.hidden': ['hidden layers', '隐藏层'],
  'arm.heads-bn.default': ['hidden layers and projection', '隐藏层和投影'],
  'arm.heads-bn.all': ['all layers', '所有层'],
  'arm.similarity.cosine': ['cosine', '余弦'],
  'arm.similarity.cross-entropy': ['cross-entropy', '交叉熵'],
  'arm.symmetry.symmetric': ['symmetric', '对称'],
  'arm.symmetry.asymmetric': ['one direction', '单方向'],
  'arm.symmetry.asymmetric-2x': ['one direction, two pairs of views', '单方向，两对视图'],
  'arm.alternation.steps-1': ['1 step (SimSiam)', '1 步（SimSiam）'],
  'arm.alternation.steps-10': ['10 steps', '10 步'],
  'arm.alternation.steps-100': ['100 steps', '100 步'],
  'arm.alternation.epoch': ['an epoch', '一轮'],
  'arm.moving-average.predictor': ['predictor (SimSiam)', '预测头（SimSiam）'],
  'arm.moving-average.average': ['moving average, no predictor', '移动平均，无预测头'],
  'arm.moving-average.neither': ['neither', '都没有'],
  'arm.output-dimension': ['d = {d}', 'd = {d}'],
  'arm.relations.simclr': ['SimCLR', 'SimCLR'],
  'arm.relations.simclr-predictor': ['SimCLR with predictor', 'SimCLR 加预测头'],
  'arm.relations.simclr-both': ['SimCLR with predictor and stop-gradient', 'SimCLR 加预测头和停止梯度'],
  'arm.relations.swav': ['SwAV', 'SwAV'],
  'arm.relations.swav-predictor': ['SwAV with predictor', 'SwAV 加预测头'],
  'arm.relations.swav-no-stop-gradient': ['SwAV without stop-gradient', 'SwAV 去掉停止梯度'],
  ...methodTitles('arm.methods'),
});
