/** What the doctor checks, found and advises. */
import { catalogue } from './catalogue.ts';

export const doctorTexts = catalogue({
  'check.home': ['home folder', '主文件夹'],
  'check.home.remedy': ['choose another with --home or LOOKALIKE_HOME', '请用 --home 或 LOOKALIKE_HOME 选择另一个'],
  'check.disk': ['disk', '磁盘'],
  'check.disk.free': ['{free} free', '可用 {free}'],
  'check.disk.remedy': [
    'free some space: a run keeps several gigabytes of checkpoints',
    '请腾出空间：一次训练会保留数 GB 的检查点',
  ],
  'check.memory': ['memory', '内存'],
  'check.memory.free': ['{free} of {total} free', '可用 {free}，共 {total}'],
  'check.memory.remedy': ['close other programs, or train with a smaller batch', '请关闭其他程序，或用更小的批次训练'],
  'check.history': ['history', '历史记录'],
  'check.history.holds': ['{runs}, {folders}', '{runs}，{folders}'],
  'check.history.runs': [{ one: '{count} run', other: '{count} runs' }, '{count} 次训练'],
  'check.history.folders': [{ one: '{count} folder', other: '{count} folders' }, '{count} 个文件夹'],
  'check.history.damaged': ['the database is damaged', '数据库已损坏'],
  'check.history.lost': [
    { one: '{count} run in the home is missing from it', other: '{count} runs in the home are missing from it' },
    '主文件夹中有 {count} 次训练不在其中',
  ],
  'check.history.remedy': [
    'close Lookalike and run lookalike doctor --repair',
    '请关闭 Lookalike，然后运行 lookalike doctor --repair',
  ],
  'check.decoder': ['photo decoder', '照片解码器'],
  'check.decoder.decoded': ['decoded {width} x {height}', '已解码 {width} × {height}'],
  'check.decoder.remedy': [
    'run npm ci again: the package sharp has no program for this machine',
    '请重新运行 npm ci：软件包 sharp 没有适合这台机器的程序',
  ],
  'check.device': ['computing device', '计算设备'],
  'check.device.none': ['none works', '没有可用的设备'],
  'check.device.remedy': [
    'run npm ci again: onnxruntime-node has no program for this machine',
    '请重新运行 npm ci：onnxruntime-node 没有适合这台机器的程序',
  ],
});
