/**
 * What went wrong, in the window's languages: for each code a general sentence, and below it the sentences that the
 * application words, with {placeholders} where it puts values. A sentence is found by its English, so that an error
 * says the same in a terminal, in a report and in the window. A test reads every error out of the sources and asks
 * for it here.
 */
import { capital, formatMessage, valuesOf } from './format.ts';
import { errorSentence as keyedSentence } from '../errors.ts';
import type { ErrorFacts } from '../errors.ts';

type Languages = 'en' | 'zh-CN';
type Pair = readonly [en: string, zh: string];

export interface ErrorTexts {
  /** Where the wording is not known: {message} is as the application worded it. */
  general: Pair;
  sentences?: readonly Pair[];
  /** Only a mistake in the program causes it: its wording alone would not help. */
  isInternal?: true;
}

const internal = (zh: string): ErrorTexts => ({
  isInternal: true,
  general: [
    'Something inside Lookalike is wrong: {message}. Try again; where it stays, report it with the doctor’s text from Settings.',
    `Lookalike 内部出错（${zh}）：{message}。请重试；若仍出现，请连同“设置”中的体检报告一起反馈。`,
  ],
});

const orAnotherHome = '，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹';

/** Of given weights that do not fit: refused by the form, or found by the trainer. */
const misfits: readonly Pair[] = [
  [
    '{tensor} has shape {given} in the given weights and {own} in this backbone: set backbone.name, width and stem to those of the weights',
    '张量 {tensor} 在所给权重中形状为 {given}，在此网络中为 {own}：请把骨干网络、宽度与起始层设成与权重一致。',
  ],
  [
    'none of the given tensors is named as in torchvision or timm ResNets (conv1.weight, layer1.0.conv1.weight, ...): give such a file',
    '所给张量没有一个按 torchvision 或 timm 的 ResNet 命名（conv1.weight、layer1.0.conv1.weight 等）：请给出这样的文件。',
  ],
];

export const errorTexts: Record<string, ErrorTexts> = {
  // The connection and the application
  disconnected: {
    general: ['The application is gone: open it again.', '应用程序已断开：请重新打开。'],
    sentences: [['the application is gone: open it again', '应用程序已断开：请重新打开。']],
  },
  internal: internal('未预料的错误'),
  cancelled: {
    general: ['This was cancelled.', '已取消。'],
    sentences: [
      ['cancelled', '已取消。'],
      ['the query was given up: ask again', '查询被放弃：请再试一次。'],
      ['the search was cancelled', '搜索已取消。'],
      ['the view was cancelled', '已取消。'],
      ['{what} was cancelled', '已取消：{what}。'],
    ],
  },
  'home-in-use': {
    general: [
      'Another Lookalike uses this home folder: close it, or choose another home.',
      '这个主文件夹正被另一个 Lookalike 使用：请关闭它，或选择另一个主文件夹。',
    ],
    sentences: [
      [
        'another Lookalike is using the home folder {home}: close it, or choose another home with --home',
        '主文件夹 {home} 正被另一个 Lookalike 使用：请关闭它，或用 --home 选择另一个。',
      ],
    ],
  },
  'not-found': {
    general: ['This is no longer there: it may have been deleted.', '它已不存在：可能已被删除。'],
    sentences: [
      ['there is no skipped file {file}', '跳过的文件中没有 {file}：请重新扫描文件夹。'],
      ['the run is gone: the time to undo is over', '训练已删除：撤销的时限已过。'],
      ['there is no {what} {id}: it may have been deleted', '它已不存在，可能已被删除（{id}）。'],
    ],
  },
  'bad-request': {
    general: ['This cannot be done: {message}.', '无法完成：{message}。'],
    sentences: [
      ['there is no call {call}', '应用程序不认识 {call}：请重新载入窗口。'],
      [
        'labels from a CSV need the text of the file: choose one with the columns file and label',
        '用 CSV 作标签需要文件的内容：请选择含有 file 与 label 两列的文件。',
      ],
      [
        'none of the {count} files the CSV names is in the folder: write paths as they are inside the folder, for example {file}',
        'CSV 列出的 {count} 个文件都不在文件夹里：请写文件夹内的相对路径，例如 {file}。',
      ],
      ['the CSV file is empty: give it a line per photo, file,label', 'CSV 文件是空的：每张照片写一行 file,label。'],
      [
        'line {line} of the CSV file has no label: write file,label on each line',
        'CSV 文件第 {line} 行没有标签：每行写 file,label。',
      ],
    ],
  },
  'not-available': {
    general: ['This is not available now: {message}.', '现在还不能这样做：{message}。'],
    sentences: [
      ['Lookalike is closing', 'Lookalike 正在关闭：请重新打开它。'],
      ['run {name} has no checkpoint yet: let it train for a while', '训练“{name}”还没有检查点：让它再训练一会儿。'],
      ['the checkpoint was thinned out a moment ago: choose a later one', '这个检查点刚刚被精简掉：请选择更晚的一个。'],
      [
        'the map by UMAP is not made yet: start it, and look at the components meanwhile',
        'UMAP 地图尚未生成：请先开始生成，其间可看主成分图。',
      ],
      [
        'the embedding is damaged: delete it by deleting its run, or embed again',
        '嵌入文件已损坏：请重新嵌入，或删除这次训练。',
      ],
      [
        'the run has no checkpoint with optimizer state left: start a new run from its weights',
        '这次训练已没有带优化器状态的检查点：请用它的权重新建一次训练。',
      ],
    ],
  },
  'not-supported': {
    general: ['This works in the desktop application only.', '这只在桌面应用中可用。'],
    sentences: [
      ['folders can be shown in the desktop application only', '只有桌面应用能打开文件夹。'],
      ['files can be shown in the desktop application only', '只有桌面应用能在文件夹中显示文件。'],
    ],
  },
  'wrong-state': {
    general: ['This cannot be done in the state it is in: {message}.', '当前状态下不能这样做：{message}。'],
    sentences: [
      [
        'a run is training: devices are tested when it has ended, or stop it first',
        '正在训练：请等它结束，或先停止它，再测试设备。',
      ],
      ['the run is finished: extend it by some epochs instead', '这次训练已完成：请改为追加若干轮。'],
      [
        'only a finished run can be extended, this one is {state}: resume it first',
        '只有已完成的训练可以追加轮数：请先继续这一次。',
      ],
      [
        'the run is {state}: stop it first, then resume it on another device',
        '这次训练正在进行或排队：请先停止它，再改用另一个设备继续。',
      ],
      ['only a running run can be paused', '只有正在进行的训练可以暂停：请先继续它。'],
      ['the run is not running', '这次训练没有在进行：请先继续它。'],
      ['the experiment is finished: start another one', '实验已完成：请另开一个。'],
      ['the experiment is {state} already', '实验已经结束：请另开一个。'],
      ['no arm of the experiment trains just now: stop it instead', '实验此刻没有正在训练的一支：请改为停止它。'],
      [
        'another process is still training this run: end it, then resume',
        '另一个进程仍在训练它：请先结束那个进程，再继续。',
      ],
    ],
  },

  // Folders and the disk
  'bad-folder': {
    general: [
      'This folder cannot be used: {message}. Choose another one.',
      '无法使用这个文件夹：{message}。请选择另一个。',
    ],
    sentences: [
      [
        '{folder} is in the library already, as "{name}": remove that one first, or choose another folder',
        '{folder} 已在照片库中，名为“{name}”：请先移除它，或选择另一个文件夹。',
      ],
      ['there is no folder {folder}: check its name', '没有文件夹 {folder}：请检查名称。'],
      [
        'the folder {folder} cannot be opened ({errno}): check its permissions',
        '无法打开文件夹 {folder}（{errno}）：请检查权限。',
      ],
      [
        '{folder} cannot be opened ({errno}): choose another folder',
        '无法打开 {folder}（{errno}）：请选择另一个文件夹。',
      ],
      ['{folder} is a file: give the folder it is in', '{folder} 是一个文件：请选择它所在的文件夹。'],
      ['{folder} is not a whole path: choose a folder', '{folder} 不是完整路径：请选择一个文件夹。'],
      ['the disk of {folder} is full: free some space', '{folder} 所在的磁盘已满：请腾出空间。'],
      ['{folder} cannot be written: choose another folder', '无法写入 {folder}：请选择另一个文件夹。'],
      [
        'The folder {folder} cannot be read: check its permissions and that its disk is connected.',
        '无法读取文件夹 {folder}：请检查权限以及磁盘是否已连接。',
      ],
      [
        'The folder {folder} vanished while it was read: connect its disk, or say where it moved, and read it again.',
        '文件夹 {folder} 在读取途中消失：请连接它的磁盘，或指出新的位置，然后重新扫描。',
      ],
      ['The folder {folder} does not exist.', '文件夹 {folder} 不存在：请把它放回原处，或指出新的位置。'],
      ['{folder} is not a folder.', '{folder} 不是文件夹：请选择另一个。'],
    ],
  },
  'folder-not-empty': { general: ['The folder is not empty: name a new one.', '文件夹不是空的：请换一个新的。'] },
  'newer-database': {
    general: [
      'The history was written by a newer Lookalike: update Lookalike.',
      '历史记录由更新版本的 Lookalike 写成：请更新 Lookalike。',
    ],
    sentences: [
      [
        'the history in {folder} was written by a newer Lookalike (schema {schema}, this one knows {known}): update Lookalike, or choose another home with --home',
        '{folder} 中的历史记录由更新版本的 Lookalike 写成（格式 {schema}，此版本只认识到 {known}）：请更新 Lookalike，或用 --home 选择另一个主文件夹。',
      ],
    ],
  },
  'full-disk': {
    general: ['The disk is full: free some space.', '磁盘已满：请腾出空间。'],
    sentences: [
      [
        'the disk of {folder} is full: free some space, or choose another home with --home or LOOKALIKE_HOME',
        `{folder} 所在的磁盘已满：请腾出空间${orAnotherHome}。`,
      ],
    ],
  },
  'unwritable-home': {
    general: [
      'The home folder cannot be written: check its permissions, or choose another.',
      '主文件夹无法写入：请检查权限，或选择另一个。',
    ],
    sentences: [
      [
        'the home folder {folder} cannot be written ({errno}): choose another with --home or LOOKALIKE_HOME',
        `主文件夹 {folder} 无法写入（{errno}）：请检查权限${orAnotherHome}。`,
      ],
    ],
  },
  'damaged-database': {
    general: [
      'The database is damaged: move lookalike.db away, or put a backup in its place.',
      '数据库已损坏：请移走 lookalike.db，或换上备份。',
    ],
    sentences: [
      [
        'the database in {folder} is damaged ({errno}): move lookalike.db away, or put a backup (lookalike.db.backup-*) in its place',
        '{folder} 中的数据库已损坏（{errno}）：请移走 lookalike.db，或换上备份（lookalike.db.backup-*）。',
      ],
    ],
  },
  'renderer-missing': {
    general: ['The window’s files are missing: run "npm run build" once.', '窗口文件缺失：请运行一次 npm run build。'],
  },

  // Starting and training
  'bad-config': {
    general: ['A setting cannot be used: {message}.', '有一项设置不能使用：{message}。'],
    sentences: [
      ['epochs and minutes are both set: set one of them to null', '轮数与分钟数同时给出：请只保留一个。'],
      [
        'augment.cropScaleMin {least} is above cropScaleMax {most}: lower it',
        '最小裁剪 {least} 大于最大裁剪 {most}：请调小它。',
      ],
      [
        'optimizer.baseLearningRate {rate} is a rate for sgd, and adamw moves every weight by its rate: set it to 0.001, or optimizer.name to sgd',
        '基础学习率 {rate} 适用于 SGD，而 AdamW 每步按学习率移动每个权重：请设为 0.001，或把优化器改为 SGD。',
      ],
      [
        'augment.blurSigmaMin {least} is above blurSigmaMax {most}: lower it',
        '最小模糊 {least} 大于最大模糊 {most}：请调小它。',
      ],
      [
        "unknown setting {setting}: 'lookalike train --help' lists the settings",
        '没有名为 {setting} 的设置：请去掉它。',
      ],
      [
        '--set {assignment}: write it as key=value, for example epochs=20',
        '{assignment}：请写成 键=值，例如 epochs=20。',
      ],
      ['setting {setting}: {detail}', '设置 {setting} 不能使用：{detail}'],
    ],
  },
  'cannot-start': {
    general: ['This run cannot start: {message}.', '无法开始训练：{message}。'],
    sentences: [
      ...misfits,
      [
        '{file} is not a safetensors file that can be read ({detail}): choose another file, or set backbone.init to random',
        '{file} 不是可读取的 safetensors 文件（{detail}）：请选择另一个，或随机初始化。',
      ],
      [
        'there is no file {file}: set backbone.init to a safetensors file, to run:ID or to random',
        '没有文件 {file}：请选择一个 safetensors 文件、一次训练，或随机初始化。',
      ],
      [
        "there is no run {id} to start from: 'lookalike runs' lists them",
        '作为起点的训练 {id} 不存在：请选择另一次训练。',
      ],
      [
        'run {name} has no checkpoint yet: wait for its first, or choose another',
        '训练“{name}”还没有检查点：请等它保存第一个，或选择另一次训练。',
      ],
      [
        'the home folder cannot be used ({errno}): choose another one with --home or LOOKALIKE_HOME',
        `主文件夹无法使用（{errno}）：请检查权限${orAnotherHome}。`,
      ],
      ['another process is training this run: end it, then resume', '另一个进程正在训练它：请先结束那个进程，再继续。'],
      [
        'the self-test of {device} has shown that it makes no right views: set viewsBy to auto or processor',
        '自检表明 {device} 不能正确生成视图：请改为自动或由处理器生成。',
      ],
      [
        'TensorFlow makes no views: set viewsBy to auto or processor',
        'TensorFlow 不能生成视图：请改为自动或由处理器生成。',
      ],
      [
        'the initial weights cannot be read ({errno}): choose another file, or set backbone.init to random',
        '无法读取初始权重（{errno}）：请选择另一个文件，或随机初始化。',
      ],
    ],
  },
  'no-images': {
    general: [
      'There are no photos to work with: add some, or take back the exclusion of others.',
      '没有可用的照片：请添加照片，或取消对一些照片的排除。',
    ],
    sentences: [
      [
        'the folder has no photos to embed: add some, or take back the exclusion of others',
        '文件夹里没有可嵌入的照片：请添加照片，或取消对一些照片的排除。',
      ],
      [
        'none of the {count} photos could be read: the first is skipped because {reason}',
        '{count} 张照片都无法读取，第一张的原因：{reason}',
      ],
    ],
  },
  'compute-failed': {
    general: [
      'The computing process failed: {message}. What was saved is kept; resume to go on.',
      '计算进程失败：{message}。已保存的内容仍在，可继续训练。',
    ],
    sentences: [
      [
        'the computing process did not answer for {seconds} seconds and was ended{complaint}',
        '计算进程 {seconds} 秒没有应答，已被结束{complaint}。已保存的内容仍在，可继续训练。',
      ],
      [
        'the computing process was ended by the system, most often because memory ran out: choose a smaller batch, image size or width{complaint}',
        '计算进程被系统结束，多半是内存不足：请减小批次、图像尺寸或网络宽度{complaint}。已保存的内容仍在。',
      ],
      [
        'the computing process crashed ({signal}){complaint}',
        '计算进程崩溃（{signal}）{complaint}。已保存的内容仍在，可继续训练。',
      ],
      [
        'the computing process ended by itself (exit code {exit}){complaint}',
        '计算进程自行结束（退出代码 {exit}）{complaint}。已保存的内容仍在，可继续训练。',
      ],
    ],
  },
  'non-finite-loss': {
    general: [
      'A number became infinite: lower the learning rate by a factor of 3 and start again from the last checkpoint.',
      '出现了无穷大或 NaN：请把学习率降低 3 倍，从上一个检查点重新开始。',
    ],
    sentences: [
      [
        '{what} became infinite or NaN at step {step} (epoch {epoch}, learning rate {rate}); the checkpoint of {checkpoint} is kept. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.',
        '第 {step} 步（第 {epoch} 轮，学习率 {rate}）出现了无穷大或 NaN；已保留 {checkpoint} 的检查点。请把基础学习率降低 3 倍，或把预热轮数设为 10，从那里重新开始。',
      ],
      [
        '{what} became infinite or NaN at step {step} (epoch {epoch}, learning rate {rate}); no checkpoint had been written yet. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.',
        '第 {step} 步（第 {epoch} 轮，学习率 {rate}）出现了无穷大或 NaN；当时还没有检查点。请把基础学习率降低 3 倍，或把预热轮数设为 10，重新开始。',
      ],
    ],
  },
  'bad-checkpoint': {
    general: ['The checkpoint cannot be used: choose another one.', '这个检查点无法使用：请选择另一个。'],
    sentences: [
      ['the checkpoint cannot be opened ({detail}): choose another one', '无法打开检查点（{detail}）：请选择另一个。'],
      ['the checkpoint cannot be used: {detail}. Choose another one', '检查点无法使用：{detail}。请选择另一个。'],
      [
        'the checkpoint of epoch {epoch} in {folder} has no optimizer state: continue from a later one, or start a new run from its weights',
        '{folder} 中第 {epoch} 轮的检查点没有优化器状态：请从更晚的一个继续，或用它的权重新建训练。',
      ],
    ],
  },
  'no-checkpoint': {
    general: ['There is no checkpoint yet: let the run train for a while.', '还没有检查点：让它再训练一会儿。'],
  },
  stopped: { general: ['It was stopped.', '已停止。'] },
  'bad-job': {
    general: ['This cannot be computed: {message}.', '无法计算：{message}。'],
    sentences: [
      [
        'the photos have {count} label: sort them into a folder for each label, or give a CSV with labels',
        '照片只有 {count} 个标签：请按标签分文件夹，或提供带标签的 CSV。',
      ],
      [
        'the photos have {count} labels: sort them into a folder for each label, or give a CSV with labels',
        '照片有 {count} 个标签：请按标签分文件夹，或提供带标签的 CSV。',
      ],
      [
        'the training embeddings have {train} numbers and the test embeddings {test}: make both with the same checkpoint',
        '训练嵌入有 {train} 维，测试嵌入有 {test} 维：请用同一个检查点生成两者。',
      ],
      ['none of the test photos has a label: choose a labelled folder', '测试照片都没有标签：请选择带标签的文件夹。'],
      [
        'no test photo has a label of the training photos ({train}; tested: {test}): choose two folders with the same labels, or one folder for both',
        '测试照片没有任何一个训练照片的标签（训练：{train}；测试：{test}）：请选择标签相同的两个文件夹，或两者用同一个文件夹。',
      ],
      [
        'the embeddings hold {rows} rows for {images} photos: embed the folder again',
        '嵌入有 {rows} 行，照片有 {images} 张：请重新嵌入文件夹。',
      ],
      [
        'the run is at step {step} of {steps}: finish it before adding epochs',
        '训练到第 {step} 步，共 {steps} 步：请先完成它，再追加轮数。',
      ],
    ],
  },
  'batch-too-large': {
    general: ['The batch is larger than the collection: choose a smaller batch.', '批次大于照片总数：请改小批次。'],
    sentences: [
      [
        'batchSize {batch} is larger than the collection of {count} photos: set batchSize to {most} or less',
        '批次 {batch} 大于照片总数 {count}：请把批次设为 {most} 或更小。',
      ],
    ],
  },

  // Devices
  'bad-device': {
    general: ['The device cannot be used here: choose the processor.', '无法使用这个设备：请选择处理器。'],
    sentences: [
      ['there is no device {device}: use {devices}', '没有设备 {device}：请使用 {devices}。'],
      ['{device} is not available on {platform}: choose device cpu', '{device} 在 {platform} 上不可用：请选择处理器。'],
      [
        '{device} cannot be used here ({detail}): choose device cpu',
        '{device} 在这里无法使用（{detail}）：请选择处理器。',
      ],
      [
        'the processor computes in float32 alone: set precision to float32',
        '处理器只能以 float32 计算：请把精度设为 float32。',
      ],
      [
        '{device} has no float16 here: set precision to float32',
        '{device} 在这里不支持 float16：请把精度设为 float32。',
      ],
    ],
  },
  'device-unavailable': {
    general: [
      'The device is not available: {message}.',
      '设备不可用：请选择自动或处理器，原因见设置中的自检（{message}）。',
    ],
    sentences: [
      [
        "the device {device} cannot be used: {why}; choose device auto or cpu, or see 'lookalike doctor'",
        '设备 {device} 不可用：请选择自动或处理器，原因见设置中的自检。',
      ],
      [
        "the processor did not pass its self-test: {why}: test it again in Settings or with 'lookalike doctor --retest'",
        '处理器没有通过自检，原因见“设置”：请在“设置”中再测试一次，或运行 lookalike doctor --retest。',
      ],
    ],
  },
  'device-crashed': {
    general: [
      'The device’s driver crashed: {message}. Resume from the last checkpoint, or go on with the processor.',
      '设备的驱动程序崩溃：{message}。请从上一个检查点继续，或改用处理器。',
    ],
    sentences: [
      [
        '{detail}; it trained on the device {device}: {remedy}; where it happens again, its driver wants an update',
        '设备 {device} 的驱动使计算进程崩溃：请从最后一个检查点继续，或改用处理器；若再次出现，请更新驱动程序。',
      ],
    ],
  },
  'out-of-device-memory': {
    general: [
      'The device ran out of memory: choose a smaller batch, or the processor.',
      '设备内存不足：请减小批次，或改用处理器。',
    ],
    sentences: [
      [
        'the device {device} ran out of memory with a batch of {batch}: close other programs that use it, start a run with batchSize {suggestion}, or go on with device cpu',
        '设备 {device} 在批次 {batch} 时内存不足：请关闭其他占用它的程序，用批次 {suggestion} 新建训练，或改用处理器。',
      ],
    ],
  },
  'device-lost': {
    general: [
      'The device was lost: resume from the last checkpoint, or go on with the processor.',
      '设备丢失：请从上一个检查点继续，或改用处理器。',
    ],
    sentences: [
      [
        'the device {device} was lost (its driver restarted, or it was taken away): resume from the last checkpoint, or go on with device cpu',
        '设备 {device} 丢失（驱动程序重启或设备被移除）：请从上一个检查点继续，或改用处理器。',
      ],
    ],
  },
  'device-failed': {
    general: [
      'A step failed on the device: choose a smaller batch, or the processor.',
      '训练步在设备上失败：请减小批次，或改用处理器。',
    ],
    sentences: [
      [
        'a step failed on the device {device}: start a run with batchSize {suggestion}, or go on with device cpu; where neither helps, its driver wants an update',
        '训练步在设备 {device} 上失败：请用批次 {suggestion} 新建训练，或改用处理器；若都无效，请更新驱动程序。',
      ],
    ],
  },
  'device-hung': {
    general: [
      'The device did not answer: resume from the last checkpoint, or go on with the processor.',
      '设备没有应答：请从上一个检查点继续，或改用处理器。',
    ],
    sentences: [
      [
        'the device did not answer for {seconds} seconds: resume from the last checkpoint, or go on with device cpu; where it happens again, its driver wants an update',
        '设备 {seconds} 秒没有应答：请从上一个检查点继续，或改用处理器；若再次出现，请更新驱动程序。',
      ],
    ],
  },
  'float32-instead': {
    general: ['The device has no float16: training goes on in float32.', '设备不支持 float16：训练改以 float32 继续。'],
    sentences: [
      [
        'the device {device} has no float16: training goes on in float32',
        '设备 {device} 不支持 float16：训练改以 float32 继续。',
      ],
    ],
  },
  'restarted-after-memory': {
    general: ['It ran out of memory and goes on from the last checkpoint.', '内存曾不足，已从上一个检查点继续。'],
    sentences: [
      [
        'the device {device} ran out of memory; training went on from the checkpoint of epoch {epoch}. If it happens again: close other programs that use it, or start a run with batchSize {suggestion}',
        '设备 {device} 的显存曾经不足；已从第 {epoch} 轮的检查点继续。若再次发生：请关闭占用显卡的其他程序，或用批次 {suggestion} 新建训练。',
      ],
    ],
  },

  // Weights and exported files
  'bad-weights': {
    general: [
      'These weights do not fit this network: choose another file, or the backbone they belong to.',
      '权重与网络不符：请选择另一个文件，或选用它所属的骨干网络。',
    ],
    sentences: misfits,
  },
  'bad-file': {
    general: ['The file cannot be read: {message}.', '文件无法读取：{message}。'],
    sentences: [
      ['the CSV ends inside a quoted field: add the missing quotation mark', 'CSV 在引号内结束：请补上缺少的引号。'],
      [
        '{path} is not an npy file that can be read: {detail}',
        '{path} 不是可读取的 npy 文件（{detail}）：请重新生成它。',
      ],
      [
        '{path} is cut off: shape [{shape}] needs {needed} bytes, it has {there}',
        '{path} 不完整：形状 [{shape}] 需要 {needed} 字节，只有 {there}：请重新生成它。',
      ],
      [
        'not a safetensors file that can be read: {detail}',
        '不是可读取的 safetensors 文件（{detail}）：请选择另一个。',
      ],
    ],
  },
  'write-failed': {
    general: ['A file cannot be written: {message}.', '无法写入文件：{message}。'],
    sentences: [
      ['cannot write {path}: {reason}', '无法写入 {path}：{reason}'],
      ['the disk is full: free some space or choose another folder', '磁盘已满，请腾出空间或选择另一个文件夹。'],
      [
        'the disk quota is used up: free some space or choose another folder',
        '磁盘配额已用完，请腾出空间或选择另一个文件夹。',
      ],
      ['no permission to write there: choose another folder', '没有写入权限，请选择另一个文件夹。'],
      ['the disk is read-only: choose another folder', '磁盘只读，请选择另一个文件夹。'],
      ['the folder does not exist: create it or choose another', '文件夹不存在，请新建或选择另一个。'],
      ['its parent is a file: choose another folder', '上一级是文件，请选择另一个文件夹。'],
      ['a folder has that name: choose another name', '已有同名文件夹，请换一个名称。'],
    ],
  },
  'verify-failed': {
    general: ['The file was written but reads back wrong: export again.', '文件已写入，但读回的内容不对：请重新导出。'],
    sentences: [
      [
        '{file} was written, but reading it back gave {what}: export again, and check the disk if it repeats',
        '{file} 已写入，但读回的内容不对（{what}）：请重新导出；若再次出现，请检查磁盘。',
      ],
    ],
  },

  // The cache of photos and the processes that decode
  'cache-too-large': {
    general: [
      'The image cache needs more disk than there is: choose a smaller image size.',
      '图像缓存所需的磁盘不够：请减小图像尺寸。',
    ],
    sentences: [
      [
        'The image cache for {count} photos at {size} px needs {needed}, more than the {most} it may use: choose a smaller image size or allow the cache more disk.',
        '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，超过允许的 {most}：请减小图像尺寸，或给缓存更多磁盘。',
      ],
      [
        'The image cache for {count} photos at {size} px needs {needed}, but the disk has {most} left: free some space, or choose a smaller image size.',
        '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，磁盘只剩 {most}：请腾出空间，或减小图像尺寸。',
      ],
    ],
  },
  'cache-write': {
    general: [
      'The image cache cannot be written: check the permissions of the home folder.',
      '图像缓存无法写入：请检查主文件夹的权限。',
    ],
    sentences: [
      [
        'The disk is full while writing the image cache in {folder}: free some space, or choose a smaller image size.',
        '写入 {folder} 中的图像缓存时磁盘已满：请腾出空间，或减小图像尺寸。',
      ],
      [
        "The image cache in {folder} cannot be written ({errno}): check the folder's permissions, or choose another home.",
        '{folder} 中的图像缓存无法写入（{errno}）：请检查文件夹权限，或选择另一个主文件夹。',
      ],
    ],
  },
  'cache-read': {
    general: [
      'The image cache cannot be read: start again, and it is rebuilt.',
      '图像缓存无法读取：重新开始即可重建。',
    ],
    sentences: [
      [
        'The image cache file {file} cannot be read ({detail}): start again, and it is rebuilt.',
        '图像缓存文件 {file} 无法读取（{detail}）：重新开始即可重建。',
      ],
    ],
  },
  'image-workers': {
    general: [
      'The process that decodes photos could not be started: run the self-test in Settings, or install again.',
      '解码照片的进程无法启动：请在“设置”中运行自检，或重新安装。',
    ],
    sentences: [
      [
        'The process that decodes photos could not be started ({detail}): run "lookalike doctor", or install the dependencies again.',
        '解码照片的进程无法启动（{detail}）：请在“设置”中运行自检，或重新安装。',
      ],
    ],
  },
  'view-loader-failed': {
    general: ['The views could not be computed: {message}.', '无法计算增强视图：{message}。'],
    sentences: [['the views could not be computed: {reason}', '无法计算增强视图：{reason}。请重新开始。']],
  },

  // Why a photo is not used
  missing: {
    general: ['The file no longer exists.', '文件已不存在。'],
    sentences: [
      ['The file no longer exists.', '文件已不存在。'],
      ['A symbolic link to a file that does not exist.', '符号链接，指向不存在的文件。'],
      ['The folder {folder} does not exist.', '文件夹 {folder} 不存在：请把它放回原处，或指出新的位置。'],
    ],
  },
  unreadable: {
    general: ['It could not be read.', '无法读取。'],
    sentences: [
      ['No permission to read it.', '没有读取权限。'],
      ['A symbolic link that leads back to itself.', '指回自身的符号链接。'],
      ['Its path is longer than the system allows.', '路径超过系统允许的长度。'],
      ['The disk reported an error while reading it.', '读取时磁盘报错。'],
      ['Another program has it locked.', '被另一个程序锁定。'],
      ['It could not be read ({detail}).', '无法读取（{detail}）。'],
      [
        'The folder {folder} cannot be read: check its permissions and that its disk is connected.',
        '无法读取文件夹 {folder}：请检查权限以及磁盘是否已连接。',
      ],
    ],
  },
  'not-a-file': {
    general: ['Not a file.', '不是文件。'],
    sentences: [
      ['A folder, not a file.', '是文件夹，不是文件。'],
      ['A named pipe, not a file.', '是命名管道，不是文件。'],
      ['A socket, not a file.', '是套接字，不是文件。'],
      ['A device, not a file.', '是设备，不是文件。'],
      ['A special file, not a file.', '是特殊文件。'],
      ['{folder} is not a folder.', '{folder} 不是文件夹。'],
    ],
  },
  scan: {
    general: ['It was passed over.', '已跳过。'],
    sentences: [
      ['A folder that is scanned already under another name.', '文件夹已以另一个名称扫描过。'],
      ['A symbolic link to a folder that is scanned already.', '符号链接，指向已扫描的文件夹。'],
      ['A symbolic link to a file of the same folder.', '符号链接，指向同一文件夹中的文件。'],
      [
        'Its name is not valid Unicode, so it cannot be opened by name.',
        '文件名不是有效的 Unicode，无法按名称打开：请改名。',
      ],
    ],
  },
  empty: {
    general: ['The file is empty (0 bytes).', '文件是空的（0 字节）。'],
    sentences: [['The file is empty (0 bytes).', '文件是空的（0 字节）。']],
  },
  truncated: {
    general: ['The file is cut short.', '文件不完整。'],
    sentences: [
      ['The file is cut short: its pixels are not all there.', '文件不完整：像素不全。'],
      ['The file is cut short: only {bytes} of it are there.', '文件不完整：只有 {bytes}。'],
    ],
  },
  corrupt: {
    general: ['The image data is damaged.', '图像数据已损坏。'],
    sentences: [
      ['The image data is damaged.', '图像数据已损坏。'],
      ['Its header claims an image without pixels.', '文件头所说的图像没有像素。'],
    ],
  },
  'not-an-image': { general: ['The file is not an image of a known format.', '不是已知格式的图像。'] },
  unsupported: {
    general: ['This variant of the format is not supported.', '不支持这种格式的变体。'],
    sentences: [
      ['This variant of the format is not supported.', '不支持这种格式的变体。'],
      ['This variant of the BMP format is not supported.', '不支持这种 BMP 变体。'],
      ['The format {format} is not supported.', '不支持 {format} 格式。'],
      [
        'Detectron2 has no {name} of width {width} with the {stem} stem: train one with backbone.width 1 and backbone.stem imagenet, or export safetensors',
        'Detectron2 没有宽度 {width}、{stem} 输入层的 {name}：请用 backbone.width 1 和 backbone.stem imagenet 训练一个，或导出 safetensors。',
      ],
      [
        'This RAW file holds no preview image: export it as JPEG or TIFF from a RAW developer.',
        '这个 RAW 文件没有预览图：请用 RAW 软件导出为 JPEG 或 TIFF。',
      ],
      ['It decodes to {channels} channels instead of three.', '解码后有 {channels} 个通道，而不是三个。'],
    ],
  },
  'too-large': {
    general: ['It is too large.', '太大。'],
    sentences: [
      ['The file has {bytes}; at most {most} are read.', '文件有 {bytes}；最多读取 {most}。'],
      [
        'Its header claims {width} × {height} pixels, more than the limit of {most} megapixels.',
        '文件头所说的 {width} × {height} 像素超过 {most} 百万像素的上限。',
      ],
      ['Its header claims more pixels than the limit.', '文件头所说的像素超过上限。'],
      [
        '{count} vectors of {dimensions} numbers need {needed} GB, an index holds 4: search a part of the folder',
        '{count} 个 {dimensions} 维向量需要 {needed} GB，索引最多容纳 4 GB：请只搜索文件夹的一部分。',
      ],
    ],
  },
  'too-small': {
    general: ['It is too small to learn from.', '太小，学不到东西。'],
    sentences: [
      [
        '{width} × {height} pixels are too few to learn from (at least {least} × {same}).',
        '{width} × {height} 像素太小，学不到东西（至少 {least} × {same}）。',
      ],
    ],
  },
  'timed-out': {
    general: ['Decoding it took too long.', '解码用时过长。'],
    sentences: [
      ['Decoding it took longer than the time limit.', '解码超过时限。'],
      ['Decoding it took longer than the limit of {seconds} seconds.', '解码超过 {seconds} 秒的时限。'],
    ],
  },
  crashed: {
    general: ['The decoder stopped while reading it.', '解码器读取时中断。'],
    sentences: [['The decoder stopped while reading it ({detail}).', '解码器读取时中断（{detail}）。']],
  },

  // Search
  'not-finite': {
    general: [
      'An embedding holds NaN or infinity: choose an earlier checkpoint.',
      '嵌入中有 NaN 或无穷大：请选择更早的检查点。',
    ],
    sentences: [
      [
        'vector {row} holds NaN or infinity: the checkpoint it was made with has diverged, choose an earlier one',
        '第 {row} 个向量含有 NaN 或无穷大：生成它的检查点已发散，请选择更早的一个。',
      ],
    ],
  },
  closed: { general: ['The index was closed: open it again.', '索引已关闭：请重新打开。'] },
  'no-webgl': {
    general: ['This machine cannot draw the map: WebGL 2 is missing.', '这台机器无法绘制地图：缺少 WebGL 2。'],
  },

  // What only a mistake in the program can cause
  failed: internal('线程失败'),
  'bad-shape': internal('形状不符'),
  'bad-state': internal('状态不符'),
  'bad-step': internal('步数不符'),
  'bad-view': internal('视图不符'),
  'view-loader-closed': internal('视图加载器已关闭'),
  'view-loader-busy': internal('视图加载器忙'),
};

/** The sentence that `message` is, of this code or, for a reason inside another sentence, of any. */
function translated(message: string, texts: readonly ErrorTexts[]): string | null {
  for (const { sentences = [] } of texts)
    for (const [en, zh] of sentences) {
      const values = valuesOf(en, message);
      if (!values) continue;
      if (values.reason !== undefined)
        values.reason = translated(values.reason, Object.values(errorTexts)) ?? values.reason;
      return formatMessage(zh, 'zh-CN', values);
    }
  return null;
}

const withoutStop = (text: string): string => text.replace(/[.。]$/, '');

/** An error as a sentence in the window's language: its own words where they are known, the general ones where not. */
export function errorSentence(error: ErrorFacts, language: Languages): string {
  const { code, message } = error;
  if (error.key !== undefined) return keyedSentence(error, language);
  const texts = errorTexts[code];
  const { general, isInternal } = texts ?? errorTexts.internal!;
  if (language === 'en' && message !== '' && !(texts && isInternal)) return capital(message);
  return (
    (language === 'en' ? null : translated(message, texts ? [texts] : [])) ??
    formatMessage(general[language === 'en' ? 0 : 1], language, { message: withoutStop(message) })
  );
}
