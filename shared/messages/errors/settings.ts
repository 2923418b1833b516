/** Settings that cannot be used: what a value has to be, and what contradicts each other. */
import { catalogue } from '../catalogue.ts';

export const settingErrors = catalogue({
  'bad-config': ['A setting cannot be used: {message}.', '有一项设置不能使用：{message}。'],
  'bad-config.two-budgets': [
    'epochs and minutes are both set: set one of them to null',
    '轮数与分钟数同时给出：请只保留一个。',
  ],
  'bad-config.adam-rate': [
    'optimizer.baseLearningRate {rate} is a rate for sgd, and adamw moves every weight by its rate: set it to 0.001, or optimizer.name to sgd',
    '基础学习率 {rate} 适合 sgd，而 adamw 让每个权重都移动一个学习率：请设为 0.001，或改用 sgd。',
  ],
  'bad-config.range': [
    'input.low {low}, which is shown black, is not below input.high {high}, which is shown white: lower the one or raise the other',
    '显示为黑的 input.low {low} 不小于显示为白的 input.high {high}：请调小前者或调大后者。',
  ],
  'bad-config.range-open': [
    'input.rule fixed shows values from input.low (black) to input.high (white): set both',
    'input.rule 为 fixed 时，数值从 input.low（黑）到 input.high（白）显示：请两者都设置。',
  ],
  'bad-config.crop': [
    'augment.cropScaleMin {least} is above cropScaleMax {most}: lower it',
    '最小裁剪 {least} 大于最大裁剪 {most}：请调小它。',
  ],
  'bad-config.blur': [
    'augment.blurSigmaMin {least} is above blurSigmaMax {most}: lower it',
    '最小模糊 {least} 大于最大模糊 {most}：请调小它。',
  ],
  'bad-config.bands': [
    'input.channels {bands} trains on that many bands, and input.bands {given} names {named}: name as many, or leave input.bands empty for all',
    'input.channels {bands} 表示训练这么多波段，而 input.bands {given} 列出了 {named} 个：请列出同样多，或留空以取全部。',
  ],
  'bad-config.depth': [
    'input.depth 16 is for bands: set input.channels to their number, or input.depth to 8',
    'input.depth 16 只用于波段：请把 input.channels 设为波段数，或把 input.depth 设为 8。',
  ],
  'bad-config.views-bands': [
    'viewsBy device makes views of colours alone: set it to auto, and the processor makes those of bands and of grey',
    'viewsBy device 只能制作彩色视图：请设为 auto，由处理器制作波段和灰度的视图。',
  ],
  'bad-config.unknown': [
    "unknown setting {setting}: 'lookalike train --help' lists the settings",
    '没有名为 {setting} 的设置：请去掉它。',
  ],
  'bad-config.assignment': [
    '--set {assignment}: write it as key=value, for example epochs=20',
    '{assignment}：请写成 键=值，例如 epochs=20。',
  ],
  'bad-config.least': [
    'setting {setting} = {given}: set it to {least} or more',
    '设置 {setting} = {given}：请设为 {least} 或更大。',
  ],
  'bad-config.above': [
    'setting {setting} = {given}: set it to more than {least}',
    '设置 {setting} = {given}：请设为大于 {least} 的数。',
  ],
  'bad-config.most': [
    'setting {setting} = {given}: set it to {most} or less',
    '设置 {setting} = {given}：请设为 {most} 或更小。',
  ],
  'bad-config.below': [
    'setting {setting} = {given}: set it to less than {most}',
    '设置 {setting} = {given}：请设为小于 {most} 的数。',
  ],
  'bad-config.multiple': [
    'setting {setting} = {given}: set it to a multiple of {divisor}',
    '设置 {setting} = {given}：请设为 {divisor} 的倍数。',
  ],
  'bad-config.choice': [
    'setting {setting} = {given}: set it to one of {choices}',
    '设置 {setting} = {given}：请设为其中之一：{choices}。',
  ],
  'bad-config.kind': ['setting {setting} = {given}: set it to {kind}', '设置 {setting} = {given}：请设为{kind}。'],
  'bad-config.a-number': ['a number', '数字'],
  'bad-config.a-whole-number': ['a whole number', '整数'],
  'bad-config.a-switch': ['true or false', 'true 或 false'],
  'bad-config.a-text': ['a text', '文字'],
  'bad-config.a-group': ['a group of settings, in braces', '一组设置（写在花括号中）'],
  'bad-config.either': ['{one}, or {other}', '{one}，或{other}'],
  'bad-config.one-of': ['one of {choices}', '其中之一：{choices}'],
  'bad-config.study': [
    '{setting} = {value}: {method} cannot be trained so, as {why}; set it to {usual}, or method to one of {others}',
    '{setting} = {value}：{method} 不能这样训练，{why}；请设为 {usual}，或把方法改为其中之一：{others}。',
  ],
  'bad-config.momentum-target': [
    'its targets come from a momentum encoder, which no gradient reaches',
    '它的目标来自动量编码器，梯度不经过那里',
  ],
  'bad-config.own-loss': ['it has a loss of its own', '它有自己的损失'],
  'bad-config.all-views': ['it compares all views of a photo with each other', '它比较一张照片的所有视图'],
  'bad-config.of-simsiam': ['this is a study of SimSiam', '这是对 SimSiam 的研究'],
  'bad-config.kept-targets': [
    'innerSteps = {value}: targets that are kept for several steps are constants; set stopGradient to true, or innerSteps to 1',
    '每次交替 {value} 步：保持多步的目标是常数；请启用停止梯度，或把步数设为 1。',
  ],
  'bad-config.moving-average': [
    'predictor.kind = movingAverage: it is studied with cosine similarity, stop-gradient and innerSteps 1; use those, or predictor.kind mlp',
    '滑动平均与余弦相似度、停止梯度和每次交替 1 步一起研究：请使用它们，或改用 MLP 预测头。',
  ],
  'bad-config.small-crops': [
    'swav.smallCropSize = {value}: small crops are smaller than the views of {imageSize} px; lower it, or set swav.smallCrops to 0',
    '小裁剪 {value} 像素应小于 {imageSize} 像素的视图：请减小它，或把小裁剪数设为 0。',
  ],
  'bad-config.both-gradients': [
    'stopGradient = true: neither view is a target of the other, both pass their gradient; set it to false',
    '两个视图互不为目标，梯度都要经过：请关闭停止梯度。',
  ],
});
