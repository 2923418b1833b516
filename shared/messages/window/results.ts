/** What came of a run: the verdict, and what it is compared with. */
import { catalogue } from '../catalogue.ts';

export const resultsWords = catalogue({
  'baseline.pixels': ['pixels', '像素'],
  'baseline.whitened': ['whitened pixels', '白化像素'],
  'baseline.hog': ['edges and colours', '边缘与颜色'],
  'baseline.untrained': ['untrained network', '未训练的网络'],
  'baseline.start': ['starting weights', '初始权重'],
  'baseline.comparing.pixels': ['comparing pixels', '直接比较像素'],
  'baseline.comparing.whitened': ['comparing whitened pixels', '比较白化像素'],
  'baseline.comparing.hog': ['comparing edges and colours', '比较边缘与颜色'],
  'baseline.measure.knn': ['kNN accuracy', 'kNN 准确率'],
  'baseline.measure.agreement': ['neighbour agreement', '近邻一致率'],
  'baseline.column': ['Free', '免费基线'],
  'baseline.columnHint': [
    'The best that costs nothing on the same photos, measured before the first step: principal components of the pixels, the same whitened, or histograms of edges beside them. kNN accuracy, or neighbour agreement where the photos have no labels. Training is worth it once its own figure is above.',
    '在同样的照片上无需训练的最好结果，第一步之前测得：像素的主成分、其白化，或边缘方向直方图加主成分。有标签时为 kNN 准确率，否则为近邻一致率。训练自身的数值高于它才算值得。',
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
    'Not yet better than {baseline}. More time may do it, or known weights to start from.',
    '尚未胜过{baseline}。可以再给些时间，或从已知权重开始。',
  ],

  'verdict.label': ['Verdict', '判断'],
  'verdict.healthy': ['Learning', '正在学习'],
  'verdict.suspicious': ['Suspicious', '可疑'],
  'verdict.dimensionalCollapse': ['Dimensional collapse', '维度坍缩'],
  'verdict.collapsed': ['Collapsed', '已坍缩'],
  'verdict.notLearning': ['Not learning', '没有在学习'],
  'verdict.worseThanStart': ['Worse than its start', '比起点更差'],
  'verdict.diverging': ['Diverging', '发散'],
  'verdict.clone': ['New run with this change', '以此改动新建训练'],
  'verdict.back': ['New run from epoch {epoch}', '从第 {epoch} 轮新建训练'],
  'verdict.more': [{ one: '{count} more thing to try', other: '{count} more things to try' }, '另有 {count} 项可尝试'],
  'verdict.explain': ['What does this mean?', '这是什么意思？'],
});
