/** What the application is doing, as it words it, in the window's languages; found by its English like an error. */
import { capital, translated } from './format.ts';

const activities: readonly (readonly [en: string, zh: string])[] = [
  ['getting ready', '正在准备'],
  ['testing the devices', '正在测试设备'],
  ['waiting for the training process of the last session to save', '正在等待上次的训练进程保存'],
  ['reading photos, {done} of {total}', '正在读取照片：{done} / {total}'],
  ['preparing the network', '正在准备网络'],
  ['embedding photos, {done} of {total}', '正在嵌入照片：{done} / {total}'],
  [
    'the device {device} cannot be used here: the photos are embedded on the processor',
    '设备 {device} 在这里不可用：照片改由处理器嵌入',
  ],
  ['reading the embeddings', '正在读取嵌入'],
  ['classifying', '正在分类'],
  ['fitting the linear classifier, steps, {done} of {total}', '正在训练线性分类器：{done} / {total} 步'],
  ['writing and reading back', '正在写入并读回核对'],
  ['ready for queries', '可以查询'],
  ['arranging the map', '正在排布地图'],
  ['finding neighbours', '正在寻找近邻'],
  ['embedding {name}', '正在嵌入：{name}'],
  ['exporting {name}', '正在导出：{name}'],
  ['kNN evaluation of {name}', '正在评估（kNN）：{name}'],
  ['linear evaluation of {name}', '正在评估（线性）：{name}'],
  ['few-shot evaluation of {name}', '正在评估（少样本）：{name}'],
  [
    '{loaded} tensors start from the given weights, {missing} were not in the file and start random',
    '{loaded} 个张量取自所给权重，文件中没有的 {missing} 个随机初始化',
  ],
  [
    'the checkpoint {file} was damaged and is set aside: training goes on from step {step}, check the disk',
    '检查点 {file} 已损坏，已移到一旁：从第 {step} 步继续训练，请检查磁盘',
  ],
];

export const activityText = (message: string, language: 'en' | 'zh-CN'): string =>
  (language === 'zh-CN' ? translated(activities, message) : null) ?? capital(message);
