/** What the Lab's findings and its report say. */
import { catalogue } from './catalogue.ts';

export const labReport = catalogue({
  'outcome.learns': ['learns', '学习'],
  'outcome.collapses': ['collapses', '坍缩'],
  'outcome.notLearning': ['does not learn', '不学习'],
  'outcome.unstable': ['unstable', '不稳定'],
  'outcome.diverges': ['diverges', '发散'],
  'outcome.fails': ['fails', '失败'],

  'became.learned': ['learned', '学到了东西'],
  'became.collapsed': ['collapsed', '已坍缩'],
  'became.collapsing': ['may be collapsing', '可能正在坍缩'],
  'became.notLearned': ['did not learn', '没有学到东西'],
  'became.lost': ['worse than untrained', '不如未训练'],
  'became.diverged': ['diverged', '发散'],
  'became.failed': ['failed', '失败'],

  'verdict.healthy': ['healthy', '正常'],
  'verdict.suspicious': ['suspicious', '可疑'],
  'verdict.dimensionalCollapse': ['dimensional collapse', '维度坍缩'],
  'verdict.collapsed': ['collapsed', '已坍缩'],
  'verdict.notLearning': ['not learning', '没有学习'],
  'verdict.worseThanStart': ['worse than its start', '比起点更差'],
  'verdict.diverging': ['diverged', '发散'],

  'state.queued': ['waiting', '等待中'],
  'state.running': ['training', '训练中'],
  'state.paused': ['paused', '已暂停'],
  'state.finished': ['done', '完成'],
  'state.stopped': ['stopped', '已停止'],
  'state.failed': ['failed', '失败'],
  'state.interrupted': ['interrupted', '已中断'],

  'measure.knn': ['kNN accuracy', 'kNN 准确率'],
  'measure.linear': ['linear accuracy', '线性准确率'],
  'measure.quality': ['label-free quality', '无标签质量'],
  'measure.agreement': ['neighbour agreement', '近邻一致率'],
  'measure.knn.leave-one-out': [
    'kNN accuracy: share of {asked} of the photos whose label is found by a vote of their nearest neighbours among these, the photo itself left out.',
    'kNN 准确率：{asked} 张照片中，由其余照片里最近邻投票得到正确类别的比例，照片本身除外。',
  ],
  'measure.knn.held-out': [
    'kNN accuracy: share of up to {asked} held-out {asked:photo|photos}, never trained on, whose label is found by a vote of their nearest neighbours among the others.',
    'kNN 准确率：至多 {asked} 张从未用于训练的留出照片中，由其余照片里最近邻投票得到正确类别的比例。',
  ],
  'measure.linear.leave-one-out': [
    'Linear accuracy: share of photos set aside whose label a linear classifier on the frozen features of the others finds.',
    '线性准确率：留出照片中，由其余照片冻结特征上的线性分类器得到正确类别的比例。',
  ],
  'measure.linear.held-out': [
    'Linear accuracy: share of held-out photos whose label a linear classifier on the frozen features of the others finds.',
    '线性准确率：留出照片中，由其余照片冻结特征上的线性分类器得到正确类别的比例。',
  ],
  'measure.quality.leave-one-out': [
    'Label-free quality: the folder has no labels, so it is what two views of each of {asked} {asked:photo|photos} say. It orders the ways tried on one folder, and is no share of right answers.',
    '无标签质量：文件夹没有类别，因此由 {asked} 张照片各自的两个视图得出。它用来给同一文件夹上的各种方式排序，并不是正确率。',
  ],
  'measure.quality.held-out': [
    'Label-free quality: the folder has no labels, so it is what two views of each of {asked} {asked:photo|photos} say. It orders the ways tried on one folder, and is no share of right answers.',
    '无标签质量：文件夹没有类别，因此由 {asked} 张照片各自的两个视图得出。它用来给同一文件夹上的各种方式排序，并不是正确率。',
  ],
  'measure.agreement.leave-one-out': [
    'Neighbour agreement: the folder has no labels, so it is the share of {asked} photos whose nearest neighbour among all second views is their own second view.',
    '近邻一致率：文件夹没有类别，因此取 {asked} 张照片中，在所有第二视图里最近邻正是自己第二视图的比例。',
  ],
  'measure.agreement.held-out': [
    'Neighbour agreement: the folder has no labels, so it is the share of {asked} photos whose nearest neighbour among all second views is their own second view.',
    '近邻一致率：文件夹没有类别，因此取 {asked} 张照片中，在所有第二视图里最近邻正是自己第二视图的比例。',
  ],

  'note.fewSteps': [
    'Only {steps} {steps:step|steps} for an arm: arms may not come apart. About {minutes} min for each would make {enough} {enough:step|steps}.',
    '每个对照只有 {steps} 步，可能看不出差别。每个约 {minutes} 分钟可达 {enough} 步。',
  ],
  'note.noLabels': [
    'The folder has no labels: arms are compared by neighbour agreement, which is less telling than kNN.',
    '文件夹没有类别：各对照用近邻一致率比较，不如 kNN 说明问题。',
  ],
  'note.noLabelsQuality': [
    'The folder has no labels: the ways are compared by the label-free quality, which is less telling than kNN.',
    '文件夹没有类别：各种方式用无标签质量比较，不如 kNN 说明问题。',
  ],
  'note.overBudget': [
    'Even one epoch of the slowest arm takes longer than the budget: about {seconds} s.',
    '最慢的对照即使一轮也超出预算：约 {seconds} 秒。',
  ],
  'note.batches': [
    'The paper’s batch sizes are divided by {factor}, so that the largest fits twice into {images} {images:photo|photos}.',
    '论文的批次大小除以 {factor}，使最大的批次能在 {images} 张照片中放下两次。',
  ],
  'note.longAlternation': [
    'An epoch has {steps} {steps:step|steps} here: 100 steps are more than an epoch.',
    '这里一轮有 {steps} 步：100 步超过一轮。',
  ],
  'note.busy': [
    'Something else is training: the prediction is from earlier speeds, and the arms wait for it.',
    '另有训练正在进行：预计时间取自以往速度，各对照将等待其结束。',
  ],

  'finding.referenceNotLearned': [
    '{reference} itself has not learned in this time ({mean} % against {untrained} % before training), so the study shows little: give it more minutes.',
    '{reference}本身在这段时间内没有学到东西（{mean}%，训练前 {untrained}%），因此说明不了什么：请多给几分钟。',
  ],
  'finding.learned': [
    '{reference} learned: {mean} % against {untrained} % before training.',
    '{reference}学到了东西：{mean}%，训练前 {untrained}%。',
  ],
  'finding.collapsed': [
    '{arm} collapsed: the loss went to {loss} while its features use {rank} {rank:direction|directions}, against {referenceRank} of {reference}; {mean} % against {untrained} % before training.',
    '{arm}坍缩了：损失降到 {loss}，而特征只用了 {rank} 个方向，{reference}用了 {referenceRank} 个；{mean}%，训练前 {untrained}%。',
  ],
  'finding.collapsing': [
    '{arm} did not learn and looks like the beginning of a collapse: loss {loss}, {rank} {rank:direction|directions} against {referenceRank} of {reference}; {mean} % against {untrained} % before training.',
    '{arm}没有学习，看来正开始坍缩：损失 {loss}，{rank} 个方向，{reference}有 {referenceRank} 个；{mean}%，训练前 {untrained}%。',
  ],
  'finding.notLearned': [
    '{arm} did not learn: loss {loss}, {mean} % against {untrained} % before training; its features still use {rank} {rank:direction|directions}, so it is no collapse.',
    '{arm}没有学习：损失 {loss}，{mean}%，训练前 {untrained}%；特征仍用着 {rank} 个方向，因此不是坍缩。',
  ],
  'finding.lost': [
    '{arm} ended below the untrained network: {mean} % against {untrained} %.',
    '{arm}的结果低于未训练的网络：{mean}%，训练前 {untrained}%。',
  ],
  'finding.diverged': [
    '{arm} diverged: its loss became infinite or kept rising.',
    '{arm}发散了：损失变为无穷大或持续上升。',
  ],
  'finding.failed': ['{arm} ended with an error and is not counted.', '{arm}出错结束，不计入。'],
  'finding.outcomesAgree': [
    'Which arms learn and which do not is as in the paper.',
    '哪些对照能学习、哪些不能，与论文一致。',
  ],
  'finding.learnsUnlike': ['Unlike in the paper, {arms} learned here.', '与论文不同，{arms}在这里学到了东西。'],
  'finding.failsUnlike': ['Unlike in the paper, {arms} did not learn here.', '与论文不同，{arms}在这里没有学到东西。'],
  'finding.best': [
    '{arm} is best with {mean} %, {gain} {gain:point|points} ahead of the next.',
    '{arm}最好，{mean}%，领先下一个 {gain} 个百分点。',
  ],
  'finding.tied': ['The best cannot be told apart: {arms}.', '最好的几个分不出高下：{arms}。'],
  'finding.order': [
    'Of {pairs} {pairs:pair|pairs} of learning arms that the paper tells apart, {agree} {agree:has|have} the same order here, {differ} the other, and {same} {same:differs|differ} by no more than chance.',
    '论文能区分的 {pairs} 对学习对照中，{agree} 对在这里次序相同，{differ} 对相反，{same} 对的差别不超过偶然。',
  ],
  'finding.noDifference': [
    'The arms that learn differ by no more than chance here.',
    '能学习的各对照在这里的差别不超过偶然。',
  ],
  'finding.beginningBest': [
    'Go on with {arm}: {mean} %, {gain} {gain:point|points} ahead of {next}.',
    '建议用{arm}继续：{mean}%，领先{next}{gain} 个百分点。',
  ],
  'finding.beginningClose': [
    'Go on with {arm}: {mean} %. {next} is no more than chance behind, so either will do.',
    '建议用{arm}继续：{mean}%。{next}的差距不超过偶然，两者皆可。',
  ],
  'finding.beginningNone': [
    'None of the {count} ways could be tried: what hindered each is said with it.',
    '{count} 种方式都未能尝试：各自的原因已随其说明。',
  ],
  'finding.beginningAlone': ['{arm} reaches {mean} %.', '{arm}达到 {mean}%。'],
  'finding.beginningWorth': [
    'Comparing pixels and edges, which costs nothing, reaches {free} %.',
    '不花代价地比较像素与边缘可达 {free}%。',
  ],
  'finding.beginningAgreement': [
    'By neighbour agreement, which unlike features are compared by, it is at {mean} % and comparing pixels and edges, which costs nothing, at {free} %.',
    '按用于比较不同特征的近邻一致率，它为 {mean}%，而不花代价的像素与边缘比较为 {free}%。',
  ],
  'finding.beginningNotYet': [
    'None is better yet than comparing pixels and edges, which costs nothing ({free} %): give it an hour, or known weights to start from.',
    '还没有一种胜过不花代价的像素与边缘比较（{free}%）：请给它一小时，或从已知权重开始。',
  ],
  'finding.oneSeed': [
    'One seed: differences below about {points} {points:point|points} may be chance; more seeds would tell.',
    '只有一个种子：小于约 {points} 个百分点的差别可能是偶然；更多种子才能说明。',
  ],
  'finding.spread': [
    '{seeds} {seeds:seed|seeds}: means differ by chance by about {points} {points:point|points}.',
    '{seeds} 个种子：均值偶然可相差约 {points} 个百分点。',
  ],
  'finding.partial': [
    '{done} of {count} {count:training|trainings} {done:is|are} done; this is what they show so far.',
    '{count} 次训练已完成 {done} 次；以下是目前的结果。',
  ],

  'report.title': ['{study}: a study on {folder}', '{study}：在 {folder} 上的研究'],
  'report.lead': [
    'A study of “Exploring Simple Siamese Representation Learning” (Chen and He, 2020; {paper}), repeated on {images} {images:photo|photos}.',
    '在 {images} 张照片上重复 “Exploring Simple Siamese Representation Learning”（Chen 与 He，2020；{paper}）中的一项研究。',
  ],
  'report.shows': ['What it shows', '结果说明什么'],
  'report.tableAlone': ['Results', '结果'],
  'report.table': ['Results beside the paper’s', '与论文并列的结果'],
  'report.arm': ['Arm', '对照'],
  'report.untrained': ['before training', '训练前'],
  'report.free': ['simple features', '简单特征'],
  'report.spread': ['spread', '离散'],
  'report.seeds': ['seeds', '种子'],
  'report.rank': ['rank', '秩'],
  'report.loss': ['loss', '损失'],
  'report.std': ['std of z', 'z 的标准差'],
  'report.verdict': ['verdict', '判断'],
  'report.outcome': ['outcome', '结果'],
  'report.paper': ['paper', '论文'],
  'report.reference': ['reference', '参照'],
  'report.paperNote': [
    'Paper: % right of a linear classifier on ImageNet with ResNet-50 after 100 epochs. The levels are not comparable with ours; what can be compared is which arms learn and in which order.',
    '论文：ResNet-50 训练 100 轮后，ImageNet 上线性分类器的正确率（%）。数值高低与这里不可比；可比的是哪些对照能学习以及次序。',
  ],
  'report.longer': ['After {epochs} {epochs:epoch|epochs} the paper has: {list}.', '{epochs} 轮后论文的结果：{list}。'],
  'report.curves': ['Curves of the arms', '各对照的曲线'],
  'report.curveOf': ['{metric} over epochs, by arm', '各对照的{metric}随轮数变化'],
  'report.epoch': ['epoch', '轮'],
  'report.collapseLine': ['the loss of a collapse', '坍缩时的损失'],
  'report.settings': ['Settings', '设置'],
  'report.shared': ['The same in all arms', '各对照相同的设置'],
  'report.different': ['What differs', '不同之处'],
  'report.setting': ['setting', '设置'],
  'report.value': ['value', '值'],
  'report.budget': ['{minutes} min for the slowest arm', '最慢的对照 {minutes} 分钟'],
  'report.definitions': ['Definitions', '定义'],
  'report.definition.rank': [
    'Effective rank: how many directions the features of the probe photos really use (exp of the entropy of their singular values).',
    '有效秩：探测照片的特征真正使用的方向数（奇异值之熵的指数）。',
  ],
  'report.definition.loss': [
    'Loss of the method over the last epochs measured; for SimSiam −1 means that the views agree completely, also where all photos are alike. Losses of different methods or similarities cannot be compared.',
    '最后测得几轮的方法损失；对 SimSiam，−1 表示视图完全一致，所有照片都一样时也是如此。不同方法或相似度的损失不可比。',
  ],
  'report.definition.std': [
    'Std of z: standard deviation of the normalised projections over a batch times √d, in training. 1: spread over the sphere, 0: all at one point (paper, Fig. 2).',
    'z 的标准差：训练中归一化投影在批次内的标准差乘以 √d。1：铺满球面，0：全在一点（论文图 2）。',
  ],
  'report.definition.spread': [
    'Spread: standard deviation over the seeds, in points.',
    '离散：各种子之间的标准差，百分点。',
  ],
  'report.definition.untrained': [
    'Before training: the same measure of the same network with the weights that it begins with, random ones unless an arm says otherwise.',
    '训练前：同一网络在起始权重（除非该对照另有说明，否则为随机权重）下的同一度量。',
  ],
  'report.definition.free': [
    'Simple features: the same measure of the best of what needs no training (pixels, whitened pixels, edges beside pixels, these whitened).',
    '简单特征：无需训练的像素、白化像素、边缘加像素及其白化中最好一种的同一度量。',
  ],
  'report.facts': ['How it was made', '如何得到'],
  'report.folder': ['Folder', '文件夹'],
  'report.photos': ['Photos trained on', '用于训练的照片'],
  'report.epochs': ['Epochs of each arm', '每个对照的轮数'],
  'report.device': ['Device', '设备'],
  'report.date': ['Date', '日期'],
  'report.version': ['Lookalike', 'Lookalike'],
  'report.trainings': ['Trainings', '训练次数'],
  'report.time': ['Time of training', '训练时间'],
  'report.unfinished': [
    'This study is not finished: {done} of {count} {count:training|trainings} {done:is|are} done.',
    '这项研究尚未完成：{count} 次训练已完成 {done} 次。',
  ],
  'report.none': ['none', '无'],
  'report.noCurve': ['no curve: its run was deleted or has not begun', '无曲线：其训练已删除或尚未开始'],
});
