/** What came of a run: the verdict, and what it is compared with. */
import { catalogue } from '../catalogue.ts';

export const resultsWords = catalogue({
  'baseline.pixels': ['pixels', '像素'],
  'baseline.whitened': ['whitened pixels', '白化像素'],
  'baseline.hog': ['edges and colours', '边缘与颜色'],
  'baseline.edges': ['whitened edges and colours', '白化的边缘与颜色'],
  'baseline.untrained': ['untrained network', '未训练的网络'],
  'baseline.start': ['starting weights', '初始权重'],
  'baseline.comparing.pixels': ['comparing pixels', '直接比较像素'],
  'baseline.comparing.whitened': ['comparing whitened pixels', '比较白化像素'],
  'baseline.comparing.hog': ['comparing edges and colours', '比较边缘与颜色'],
  'baseline.comparing.edges': ['comparing whitened edges and colours', '比较白化的边缘与颜色'],
  'baseline.comparing.untrained': ['the untrained network', '未训练的网络'],
  'baseline.comparing.start': ['the weights it began with', '训练开始时的权重'],
  'baseline.definition.pixels': [
    'Photos compared by which colours lie where, roughly: the 60 ways in which they differ most.',
    '大致按什么颜色在什么位置来比较照片：只看照片之间差异最大的 60 个方面。',
  ],
  'baseline.definition.whitened': [
    'Photos compared by which colours lie where, as by pixels, but each of the 60 ways in which they differ most counts alike.',
    '与像素一样按什么颜色在什么位置来比较照片，但差异最大的 60 个方面各自同等看待。',
  ],
  'baseline.definition.hog': [
    'Photos compared by which edges lie where, beside the colours: a small picture is divided into 8 × 8 cells, and in each the edges are counted by direction.',
    '按什么边缘在什么位置、加上颜色来比较照片：把小图分成 8 × 8 格，在每一格中按方向统计边缘。',
  ],
  'baseline.definition.edges': [
    'Edges by direction and colours of each of 8 × 8 cells, in the 128 ways in which photos differ most, each of which counts alike. It needs no training and is often the hardest of these to beat.',
    '8 × 8 格中每一格的各方向边缘与颜色，取照片差异最大的 128 个方面，各自同等看待。它无需训练，往往是其中最难胜过的。',
  ],
  'baseline.definition.untrained': [
    'A network of this shape with random weights, before any training.',
    '同样结构、权重随机、未经任何训练的网络。',
  ],
  'baseline.definition.start': [
    'The weights that this run began with, before its first step.',
    '本次训练在第一步之前所用的权重。',
  ],
  'baseline.measure.knn': ['kNN accuracy', 'kNN 准确率'],
  'baseline.measure.agreement': ['neighbour agreement', '近邻一致率'],
  'baseline.column': ['Simple features', '简单特征'],
  'baseline.columnHint': [
    'The best that costs nothing on the same photos, measured at the start of the run: colours by place, the same with every direction counting alike, edges beside colours, or these with every direction counting alike. kNN accuracy, or neighbour agreement where the photos have no labels. Training is worth it once its own figure is above.',
    '在同样的照片上无需训练的最好结果，运行开始时测得：按位置比较颜色、其白化、边缘加颜色，或边缘加颜色的白化。有标签时为 kNN 准确率，否则为近邻一致率。训练自身的数值高于它才算值得。',
  ],

  'worth.better': [
    'Better than {baseline} by {points} {points:point|points} of {measure}.',
    '比{baseline}高 {points} 个百分点（{measure}）。',
  ],
  'worth.behind': [
    'Not yet better than {baseline}: {points} {points:point|points} of {measure} behind. More time may do it, or known weights to start from.',
    '尚不如{baseline}：{measure}低 {points} 个百分点。可以再给些时间，或从已知权重开始。',
  ],
  'worth.level': [
    'Not yet better than {baseline} by more than chance: less than {chance} points of {measure} apart. More time may do it, or known weights to start from.',
    '尚未明显胜过{baseline}：{measure}相差不到 {chance} 个百分点，可能只是偶然。可以再给些时间，或从已知权重开始。',
  ],

  'metric.loss.plain': [
    'How far the network is from its task. It falls while it learns; what it can fall to depends on the method. The figure is the mean of the last epoch. For SimSiam:',
    '网络离完成任务还有多远。学习时它会下降；能降到多少取决于方法。数字是最近一轮的平均值。对 SimSiam：',
  ],
  'metric.zStdTraining.plain': [
    'How widely photos are spread: 1 is evenly all around, 0 is all described alike, a collapse.',
    '照片散开的程度：1 是均匀铺开，0 是全都描述得一样，即坍缩。',
  ],
  'metric.learningRate.plain': [
    'How large the steps are by which the network changes: large at first, small at the end.',
    '网络每次改变的步子有多大：开始时大，结束时小。',
  ],
  'metric.std.backbone.plain': [
    'How widely the features of photos are spread: 1 is evenly all around, 0 is all alike.',
    '照片的特征散开的程度：1 是均匀铺开，0 是全都一样。',
  ],
  'metric.std.projection.plain': [
    'How widely photos are spread where their views are compared: 1 is evenly all around, 0 is all alike.',
    '在比较视图之处照片散开的程度：1 是均匀铺开，0 是全都一样。',
  ],
  'metric.rank.backbone.plain': [
    'How many different traits the network really uses to describe photos. More is better, to a point.',
    '网络真正用多少种不同的特点来描述照片。一般越多越好。',
  ],
  'metric.alignment.plain': [
    'How near two views of one photo are to each other; lower is nearer.',
    '同一照片的两个视图相距多近；越低越近。',
  ],
  'metric.uniformity.plain': ['How evenly photos are spread; lower is more even.', '照片散布得多均匀；越低越均匀。'],
  'metric.knn.plain': [
    'How many of the photos get their label right from the photos nearest to them.',
    '有多少照片可由最近的照片得到正确的类别。',
  ],
  'metric.agreement.plain': [
    'How many of the photos are found again by another view of them.',
    '有多少照片可由自己的另一视图找回。',
  ],
  'metric.quality.plain': [
    'A guess at how good the features are, without labels; higher is better.',
    '不用标签，对特征好坏的估计；越高越好。',
  ],

  'verdict.label': ['Verdict', '判断'],
  'verdict.early': ['Too early to say', '为时过早'],
  'verdict.healthy': ['Healthy', '正常'],
  'verdict.suspicious': ['Suspicious', '可疑'],
  'verdict.dimensionalCollapse': ['Dimensional collapse', '维度坍缩'],
  'verdict.collapsed': ['Collapsed', '已坍缩'],
  'verdict.notLearning': ['Not learning', '没有在学习'],
  'verdict.worseThanStart': ['Worse than its start', '比起点更差'],
  'verdict.diverging': ['Diverging', '发散'],
  'verdict.clone': ['New run with this change', '以此改动新建训练'],
  'verdict.back': ['New run from epoch {epoch}', '从第 {epoch} 轮新建训练'],
  'verdict.more': [{ one: '{count} more thing to try', other: '{count} more things to try' }, '另有 {count} 项可尝试'],
  'verdict.figures': ['The figures', '具体数值'],
  'verdict.figures.sound': [
    'Loss {loss}; the features use {rank} {rank:direction|directions}, {rankBest} at most so far; std of z × √d {zStd}, where 1 is spread evenly and 0 is all in one place.',
    '损失 {loss}；特征使用 {rank} 个方向，迄今最多 {rankBest} 个；z 的标准差 × √d 为 {zStd}，1 表示均匀散开，0 表示全在一处。',
  ],
  'verdict.figures.all': [
    'Loss {loss}; the features use {rank} {rank:direction|directions}, {rankShare} of the {rankBest} they once used, and the projection z {projectionRank}; std of z × √d {zStd} in training and {projectionStd} in use, where 1 is spread evenly and 0 is all in one place.',
    '损失 {loss}；特征使用 {rank} 个方向，是曾用 {rankBest} 个的 {rankShare}，投影 z 使用 {projectionRank} 个；z 的标准差 × √d 在训练时为 {zStd}、使用时为 {projectionStd}，1 表示均匀散开，0 表示全在一处。',
  ],
  'verdict.figures.loss': [
    'Loss {loss} after {step} {step:step|steps}, {lossLeast} at its best.',
    '{step} 步之后损失为 {loss}，最好时为 {lossLeast}。',
  ],
  'plain.early': ['Too early to say: fewer than {least} steps are done.', '为时过早：完成的步数还不到 {least} 步。'],
  'plain.healthy': ['Healthy: no sign of a collapse.', '正常：没有坍缩的迹象。'],
  'plain.suspicious': [
    'This may become a collapse: the network begins to see photos as more alike than they are.',
    '这可能演变为坍缩：网络开始把照片看得比实际更相像。',
  ],
  'plain.dimensionalCollapse': [
    'Photos are being pressed together: the network tells them apart by a few traits only.',
    '照片正被挤到一起：网络只凭少数特点区分它们。',
  ],
  'plain.collapsed': [
    'The network has collapsed: nearly all photos look the same to it.',
    '网络已坍缩：几乎所有照片在它看来都一样。',
  ],
  'plain.notLearning': [
    'Nothing is being learned: neighbours are no better than before training.',
    '什么也没学到：近邻不比训练前更好。',
  ],
  'plain.diverging': ['Training diverges: its error grows where it should fall.', '训练发散：误差本该下降，却在上升。'],
  'plain.knn': [
    '{share} of the photos get their label right from the photos nearest to them.',
    '{share} 的照片可由最近的照片得到正确的类别。',
  ],
  'plain.agreement': [
    '{share} of the photos are found again by another view of them.',
    '{share} 的照片可由自己的另一视图找回。',
  ],
  'plain.chance': ['By guessing it would be {share}.', '猜测则为 {share}。'],

  'verdict.explain': ['What does this mean?', '这是什么意思？'],
});
