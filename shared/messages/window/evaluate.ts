/** Evaluation. */
import { catalogue } from '../catalogue.ts';

export const evaluateWords = catalogue({
  'evaluate.subtitle': [
    'How well do the features tell your labels apart? Every number leads to its photos.',
    '特征把你的类别区分得多好？每个数字都能追溯到照片。',
  ],
  'evaluate.emptyText': ['Train a run first; then measure it here.', '先训练一次，然后在这里度量。'],
  'evaluate.kind': ['Method', '方法'],
  'evaluate.kind.knn': ['kNN', 'kNN'],
  'evaluate.kind.linear': ['Linear', '线性'],
  'evaluate.kind.fewshot': ['Few-shot', '少样本'],
  'evaluate.text.knn': [
    'Each photo gets the label its nearest neighbours vote for. No training, quick.',
    '每张照片取其近邻投票得出的类别。无需训练，很快。',
  ],
  'evaluate.text.linear': [
    'A linear classifier is trained on the frozen features: the usual measure of an encoder.',
    '在冻结的特征上训练线性分类器：衡量编码器的常用方法。',
  ],
  'evaluate.text.fewshot': [
    'The same with only 1, 5 or 10 labelled photos a class, several draws.',
    '同上，但每类只用 1、5 或 10 张带类别的照片，多次抽取。',
  ],
  'evaluate.train': ['Learn labels from', '从何处学习类别'],
  'evaluate.test': ['Test on', '在何处测试'],
  'evaluate.ownFolder': ['The run’s own folder', '训练所用的文件夹'],
  'evaluate.heldOut': ['Its held-out photos', '其中留出的照片'],
  'evaluate.leaveOneOut': ['The same photos, each left out once', '同样的照片，逐一留出'],
  'evaluate.counted': ['A part kept apart', '另留的一部分'],
  'evaluate.k': ['Neighbours k', '近邻数 k'],
  'evaluate.kHint': ['How many neighbours vote.', '参与投票的近邻数量。'],
  'evaluate.solver': ['Fitted by', '拟合方法'],
  'evaluate.solverHint': [
    'L-BFGS finds the optimum of a logistic regression. SGD and LARS train for 90 epochs, as papers report: their results are comparable with the literature, and usually a little lower.',
    'L-BFGS 求逻辑回归的最优解。SGD 和 LARS 按论文的做法训练 90 轮：结果可与文献比较，通常略低。',
  ],
  'evaluate.solver.lbfgs': ['L-BFGS, the optimum', 'L-BFGS，最优解'],
  'evaluate.solver.sgd': ['SGD, as MoCo', 'SGD，同 MoCo'],
  'evaluate.solver.lars': ['LARS, as SimSiam', 'LARS，同 SimSiam'],
  'evaluate.temperature': ['Temperature T', '温度 T'],
  'evaluate.temperatureHint': [
    'A vote weighs exp(cosine / T): the lower, the more the nearest count. 0.1 is usual.',
    '一票的权重是 exp(余弦 / T)：越低，最近者越重要。通常为 0.1。',
  ],
  'evaluate.start': ['Evaluate', '评估'],
  'evaluate.needsLabels': [
    'This folder has no labels to measure against. Choose another folder, or',
    '此文件夹没有可供度量的类别。请选择其他文件夹，或',
  ],
  'evaluate.setLabels': ['set its labels', '设置它的类别'],
  'evaluate.history': ['Evaluations', '评估记录'],
  'evaluate.none': [
    'No evaluation yet. The monitor’s {metric} is a quick estimate on the probe photos; here all photos count.',
    '还没有评估。监视页上的“{metric}”是对探测照片的快速估计；这里计入全部照片。',
  ],
  'evaluate.accuracy': ['Accuracy', '准确率'],
  'evaluate.accuracyHint': [
    'Share of the tested photos whose label was right, 0 to 100 %. ± is the standard deviation over draws.',
    '被测照片中类别判对的比例，0 到 100%。± 为多次抽取的标准差。',
  ],
  'evaluate.when': ['When', '时间'],
  'evaluate.result': ['Result', '结果'],
  'evaluate.images': ['Tested', '被测'],
  'evaluate.imagesOf': [
    { one: '{count} photo of {of}, by chance', other: '{count} photos of {of}, by chance' },
    '随机抽取 {of} 张中的 {count} 张',
  ],
  'evaluate.byGraph': [
    {
      one: 'The neighbours of {count} photo are those of the kept graph, which has 99 of 100 of them.',
      other: 'The neighbours of {count} photos are those of the kept graph, which has 99 of 100 of them.',
    },
    '{count} 张照片的近邻取自已保存的近邻图，图中包含其中 99%。',
  ],
  'evaluate.largest': ['Largest class', '最大的类'],
  'evaluate.largestHint': [
    'What answering the most common class every time would give, in %. An accuracy near it says little.',
    '每次都回答最常见的类时的准确率，以 % 计。接近它的准确率说明不了什么。',
  ],
  'evaluate.groupsCut': [
    {
      one: '{count} group of photos that belong together lies on both sides: the accuracy is too good for photos of other groups.',
      other:
        '{count} groups of photos that belong together lie on both sides: the accuracy is too good for photos of other groups.',
    },
    '{count} 组相关照片分处两边：对其他组的照片而言，准确率偏高。',
  ],
  'evaluate.groupsCutVotes': [
    {
      one: '{count} group of photos that belong together lies on both sides: none of it voted for its own.',
      other: '{count} groups of photos that belong together lie on both sides: none of them voted for its own.',
    },
    '{count} 组相关照片分处两边：同组照片不互相投票。',
  ],
  'evaluate.groupsKept': [
    {
      one: '{count} group of photos that belong together was kept on one side, or did not vote for its own.',
      other: '{count} groups of photos that belong together were kept on one side, or did not vote for their own.',
    },
    '{count} 组相关照片各保持在同一边，或不为同组投票。',
  ],
  'evaluate.untested': [
    {
      one: 'Not measured, as no test photo has it: {names}.',
      other: '{count} classes are not measured, as no test photo has them: {names}.',
    },
    '有 {count} 个类没有测试照片，未被度量：{names}。',
  ],
  'evaluate.chance': ['Chance', '随机水平'],
  'evaluate.chanceHint': [
    'What guessing evenly among the classes would give, in %.',
    '在各类之间均匀猜测的准确率，以 % 计。',
  ],
  'evaluate.deletedRun': ['a deleted run', '已删除的训练'],
  'evaluate.shots': ['Labelled photos a class', '每类带类别的照片'],
  'evaluate.shot': [{ one: '{count} photo', other: '{count} photos' }, '{count} 张'],
  'evaluate.besides': ['Other checkpoints of this run', '该训练的其他检查点'],
  'evaluate.confusion': [
    'Rows: what the photos are. Columns: what they were taken for. In photos.',
    '行：照片实际是什么；列：被认作什么。单位：张。',
  ],
  'evaluate.actual': ['Label', '类别'],
  'evaluate.cell': [
    {
      one: '{count} photo of {actual} taken for {predicted}',
      other: '{count} photos of {actual} taken for {predicted}',
    },
    '{count} 张 {actual} 被认作 {predicted}',
  ],
  'evaluate.cellRight': [
    {
      one: '{count} photo of {actual}, recognised as {predicted}',
      other: '{count} photos of {actual}, recognised as {predicted}',
    },
    '{count} 张 {actual}，被正确认作 {predicted}',
  ],
  'evaluate.cellWrong': [
    {
      one: '{count} photo of {actual}, taken for {predicted}',
      other: '{count} photos of {actual}, taken for {predicted}',
    },
    '{count} 张 {actual}，被误认作 {predicted}',
  ],
  'evaluate.chooseCell': ['Choose a cell to see its photos.', '选择一格查看其中的照片。'],
});
