/** What is wrong with a run that is handed over to train elsewhere, or with what comes back. */
import { catalogue } from '../catalogue.ts';

export const clusterErrors = catalogue({
  'bad-result': ['What was trained elsewhere cannot be imported: {message}.', '无法导入在别处训练的结果：{message}。'],
  'bad-result.folder': [
    '{folder} holds no run for PyTorch (no run.json is in it): choose the folder that Export or lookalike cluster wrote',
    '{folder} 中没有可在 PyTorch 中训练的运行（缺少 run.json）：请选择由“导出”或 lookalike cluster 写出的文件夹。',
  ],
  'bad-result.record': [
    '{file} is damaged, or of another version of Lookalike: copy the whole folder again',
    '{file} 已损坏，或来自 Lookalike 的其他版本：请重新复制整个文件夹。',
  ],
  'bad-result.photos': [
    'the folder of photos that {folder} was written from is not in this library: name it with --photos DIR',
    '写出 {folder} 时所用的照片文件夹不在这个照片库里：请用 --photos DIR 指明。',
  ],
  'bad-result.empty': [
    'nothing has been trained in {folder} yet: its results/checkpoints has no whole checkpoint',
    '{folder} 里还没有训练结果：results/checkpoints 中没有完整的检查点。',
  ],
  'bad-result.tensor': [
    'the checkpoint {file} does not fit its settings ({tensor}): copy the whole folder again',
    '检查点 {file} 与其设置不符（{tensor}）：请重新复制整个文件夹。',
  ],
  'bad-result.foreign': [
    'the checkpoint {file} is of another run than this folder: take it out of results/checkpoints, or copy the whole folder again',
    '检查点 {file} 属于另一次训练，而不是这个文件夹的：请把它移出 results/checkpoints，或重新复制整个文件夹。',
  ],
  'bad-result.line': [
    'line {line} of {file} cannot be used: copy the whole folder again',
    '{file} 第 {line} 行无法使用：请重新复制整个文件夹。',
  ],
  'bad-result.part': [
    '{file} is not what was written there: copy the whole folder again, or run embed.py once more',
    '{file} 与写出时不同：请重新复制整个文件夹，或再运行一次 embed.py。',
  ],
  'bad-result.difference': [
    'the embedding of {file} is another one here than there (difference {difference}): the photos have changed, or embed.py was stopped; run it once more',
    '{file} 在这里的嵌入与那里不同（相差 {difference}）：照片已改变，或 embed.py 未运行完；请再运行一次。',
  ],
  'wrong-state.hand-over': [
    'run {name} trains here, or waits to: stop it first',
    '训练“{name}”正在这里进行或等待：请先停止它。',
  ],
  'wrong-state.hand-over-finished': [
    'run {name} is finished: say how many epochs more it is to be trained (--epochs +N)',
    '训练“{name}”已完成：请指明再训练多少轮（--epochs +N）。',
  ],
});
