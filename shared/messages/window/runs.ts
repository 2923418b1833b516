/** Runs and their checkpoints. */
import { catalogue } from '../catalogue.ts';

export const runsWords = catalogue({
  'checkpoints.title': ['Checkpoints', '检查点'],
  'checkpoints.hint': [
    'Saved states of the run: the last two, the best, and a thinned series. Older ones keep the encoder only.',
    '保存的训练状态：最近两个、最好的一个，以及逐渐稀疏的一列。较早的只保留编码器。',
  ],
  'checkpoints.disk': ['{size} of {budget}', '{size} / {budget}'],
  'checkpoints.epoch': ['Epoch', '轮'],
  'checkpoints.kept': ['Kept as', '保留原因'],
  'checkpoints.kept.recent': ['recent', '最近'],
  'checkpoints.kept.best': ['best', '最好'],
  'checkpoints.kept.series': ['series', '系列'],
  'checkpoints.kept.final': ['final', '最终'],
  'checkpoints.encoderOnly': ['encoder only', '仅编码器'],
  'checkpoints.size': ['Size', '大小'],
  'checkpoints.made': ['Saved', '保存时间'],
  'checkpoints.none': [
    'The first checkpoint is saved at the end of an epoch or after a few minutes, whichever comes first.',
    '第一个检查点在一轮结束时或几分钟后保存，以先到者为准。',
  ],

  'lostRuns.text': [
    {
      one: 'The home folder holds a run that the history does not know: it was damaged or deleted.',
      other: 'The home folder holds {count} runs that the history does not know: it was damaged or deleted.',
    },
    '主文件夹中有 {count} 次训练不在历史记录中：它曾损坏或被删除。',
  ],
  'lostRuns.action': ['Bring back', '找回'],
  'lostRuns.done': [
    { one: 'A run is in the history again.', other: '{count} runs are in the history again.' },
    '{count} 次训练已回到历史记录中。',
  ],

  'runs.empty.title': ['No runs yet', '还没有训练记录'],
  'runs.search': ['Search runs', '搜索训练'],
  'runs.chooseHint': ['Tick runs to compare their curves and settings.', '勾选训练，比较它们的曲线与设置。'],
  'runs.comparing': [
    { one: 'Showing {count} run below', other: 'Comparing {count} runs below' },
    '在下方比较 {count} 次训练',
  ],
  'runs.compare': ['Compare', '比较'],
  'runs.compareOne': ['Compare {name}', '比较 {name}'],
  'runs.name': ['Run', '训练'],
  'runs.state': ['State', '状态'],
  'runs.epochHint': [
    'How often each photo was seen so far, of how often it will be.',
    '每张照片到目前被看过的次数，以及总共将看的次数。',
  ],
  'runs.timeHint': [
    'Time spent training: waiting in the queue and pauses are left out.',
    '训练所用的时间：排队与暂停不计在内。',
  ],

  'checkpoints.sizeHint': ['Size of the file on disk.', '文件在磁盘上的大小。'],

  'runs.epoch': ['Epoch', '轮'],
  'runs.unlabelled': ['{value} without labels', '{value}（无标签）'],
  'runs.epochOf': ['{epoch}\u00a0/\u00a0{epochs}', '{epoch}\u00a0/\u00a0{epochs}'],
  'runs.time': ['Trained', '已训练'],
  'runs.created': ['Created', '创建时间'],
  'runs.curve': ['Loss curve', '损失曲线'],
  'runs.actions': ['Actions', '操作'],
  'runs.color': ['Colour of {name}', '{name} 的颜色'],
  'runs.rename': ['Rename {name}', '重命名 {name}'],
  'runs.clone': ['New run with the settings of {name}', '用 {name} 的设置新建训练'],
  'runs.delete': ['Delete {name}', '删除 {name}'],
  'runs.deleted': ['“{name}” was deleted ({size}).', '“{name}”已删除（{size}）。'],
  'runs.deletedElsewhere': ['“{name}” was deleted in another window.', '“{name}”已在另一个窗口中删除。'],
  'runs.deleteTitle': ['Delete “{name}”?', '删除“{name}”？'],
  'runs.deleteText': [
    'Its checkpoints and embeddings go with it: {size}. Exports and the photos stay. It can be taken back for {seconds} {seconds:second|seconds}.',
    '其检查点和嵌入将一并删除：{size}。导出文件和照片会保留。{seconds} 秒内可以撤销。',
  ],
  'runs.deleteNow': ['Delete', '删除'],
  'runs.notes': ['Notes', '备注'],
  'runs.notesPlaceholder': ['What was tried, and what came of it', '尝试了什么，结果如何'],
  'runs.folder': ['Folder of photos', '照片文件夹'],
  'runs.toCurves': ['To their curves', '查看曲线'],
  'runs.noneFound': ['No run matches.', '没有符合的训练。'],
  'runs.differences': ['Settings that differ', '不同的设置'],
  'runs.setting': ['Setting', '设置'],
});
