/** What the doctor checks, found and advises, in the window's languages; found by its English like an error. */
import { capital, translated } from './format.ts';

const sentences: readonly (readonly [en: string, zh: string])[] = [
  ['home folder', '主文件夹'],
  ['disk', '磁盘'],
  ['memory', '内存'],
  ['history', '历史记录'],
  ['photo decoder', '照片解码器'],
  ['computing device', '计算设备'],
  ['fine', '正常'],
  ['none works', '没有可用的设备'],
  ['{free} of {total} free', '可用 {free}，共 {total}'],
  ['{free} free', '可用 {free}'],
  ['{runs} runs, {folders} folders', '{runs} 次训练，{folders} 个文件夹'],
  ['decoded {width} x {height}', '已解码 {width} × {height}'],
  ['choose another with --home or LOOKALIKE_HOME', '请用 --home 或 LOOKALIKE_HOME 选择另一个'],
  ['free some space: a run keeps several gigabytes of checkpoints', '请腾出空间：一次训练会保留数 GB 的检查点'],
  ['close other programs, or train with a smaller batch', '请关闭其他程序，或用更小的批次训练'],
  ['move lookalike.db away, or put a backup in its place', '请移走 lookalike.db，或换上备份'],
  [
    'run npm ci again: the package sharp has no program for this machine',
    '请重新运行 npm ci：软件包 sharp 没有适合这台机器的程序',
  ],
  [
    'run npm ci again: onnxruntime-node has no program for this machine',
    '请重新运行 npm ci：onnxruntime-node 没有适合这台机器的程序',
  ],
];

/** Of a name, a finding or a remedy. What only this machine knows (a path, a device) stays as it is. */
export const doctorText = (text: string, language: 'en' | 'zh-CN'): string =>
  (language === 'zh-CN' ? translated(sentences, text) : null) ?? capital(text);
