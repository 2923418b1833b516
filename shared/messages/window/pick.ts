/** Picking the photos to look at first. */
import { catalogue } from '../catalogue.ts';

export const pickWords = catalogue({
  'explore.pick': ['Pick', '挑选'],
  'pick.text': [
    'Which photos to label first, to test with, or to keep for a smaller training set. What is picked is selected: tag it, save its list, or exclude the others.',
    '先标注哪些照片、用哪些作测试、或为更小的训练集保留哪些。挑出的照片会被选中：可加标签、保存列表或排除其余。',
  ],
  'pick.count': ['How many', '数量'],
  'pick.countHint': ['How many photos are picked.', '要挑出多少张照片。'],
  'pick.range': ['Give a whole number from 1 to {most}.', '请输入 1 到 {most} 的整数。'],
  'pick.by': ['By', '依据'],
  'pick.by.mix': ['a mix', '综合'],
  'pick.by.varied': ['variety', '多样'],
  'pick.by.typical': ['what is typical', '典型'],
  'pick.by.uncertain': ['what is uncertain', '不确定'],
  'pick.hint.mix': [
    'What stands for many at first; once some sixty photos have tags, what these leave in doubt. Near-copies are not picked twice.',
    '先挑能代表许多照片的；约六十张照片有标签后，再挑这些标签拿不准的。几乎相同的照片不会重复挑选。',
  ],
  'pick.hint.varied': [
    'Each next photo is the one farthest from all before it: it covers what there is, oddities too.',
    '每张都取离已选照片最远的一张：涵盖所有内容，也包括异常的照片。',
  ],
  'pick.hint.typical': [
    'The middle of each of so many clusters: usual photos, without oddities.',
    '分成同样多的聚类，取每类正中的一张：都是常见的照片，没有异常的。',
  ],
  'pick.hint.uncertain': [
    'The photos whose tag is most in doubt by those tagged so far, different from each other.',
    '按目前的标签最拿不准的照片，且彼此不同。',
  ],
  'pick.heedTags': ['Leave out what has a tag, and its like', '跳过已有标签的及与之相似的'],
  'pick.pick': ['Pick', '挑选'],
  'pick.picking': ['Picking…', '正在挑选…'],
  'pick.picked': [
    { one: '{count} photo was picked and is selected.', other: '{count} photos were picked and are selected.' },
    '已挑出并选中 {count} 张照片。',
  ],
  'pick.known': [
    { one: '{count} photo with a tag was known.', other: '{count} photos with a tag were known.' },
    '{count} 张带标签的照片视为已知。',
  ],
  'pick.photos': [{ one: '{count} picked photo', other: '{count} picked photos' }, '挑出的 {count} 张照片'],
  'pick.excludeOthers': ['Exclude all others from training', '将其余全部排除在训练之外'],
  'pick.gain': ['Show what it gains', '显示收益'],
  'pick.gainNeeds': [
    'What picking gains can be shown where photos have labels: two classes or more, with ten photos of each.',
    '照片带有类别时才能显示挑选的收益：至少两类，每类十张。',
  ],
  'pick.measuring': ['Measuring what picking is worth here…', '正在测量挑选的收益…'],
  'pick.gainTitle': ['Accuracy by how many photos have a label', '准确率与已标注照片数'],
  'pick.gainText': [
    'A linear classifier on this folder’s labels, judged on {tested} other {tested:photo|photos} of {classes} {classes:class|classes}; mean of {draws} {draws:draw|draws}.',
    '用此文件夹的类别训练线性分类器，在另外 {tested} 张照片（{classes} 类）上评判；{draws} 次抽取的平均。',
  ],
  'pick.saved': [
    '{by} picked {by:photo reaches|photos reach} the {mean} that {random} reach by chance.',
    '挑选 {by} 张即可达到随机 {random} 张的 {mean}。',
  ],
  'pick.labels': ['Labelled', '已标注'],
  'pick.labelsHint': ['How many photos were labelled and learned from.', '已标注并用于学习的照片数。'],
  'pick.random': ['By chance', '随机'],
  'pick.mixed': ['By the mix', '综合'],
});
