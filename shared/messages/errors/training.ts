/** Why a run cannot start, or ended: given weights, checkpoints, evaluations, the computing process. */
import { catalogue } from '../catalogue.ts';
import { processorFailed } from './devices.ts';

export const trainingErrors = catalogue({
  'cannot-start': ['This run cannot start: {message}.', '无法开始训练：{message}。'],
  'cannot-start.weights': ['{reason}', '无法从所给权重开始：{reason}'],
  'cannot-start.not-weights': [
    '{file} cannot be read as weights ({detail}): choose another file, or set backbone.init to random',
    '无法把 {file} 作为权重读取（{detail}）：请选择另一个，或随机初始化。',
  ],
  'cannot-start.no-file': [
    'there is no file {file}: set backbone.init to a file of weights, to run:ID or to random',
    '没有文件 {file}：请选择一个权重文件、一次训练，或随机初始化。',
  ],
  'cannot-start.no-run': [
    "there is no run {id} to start from: 'lookalike runs' lists them",
    '作为起点的训练 {id} 不存在：请选择另一次训练。',
  ],
  'cannot-start.no-checkpoint': [
    'run {name} has no checkpoint yet: wait for its first, or choose another',
    '训练“{name}”还没有检查点：请等它保存第一个，或选择另一次训练。',
  ],
  'cannot-start.home': [
    'the home folder cannot be used ({errno}): choose another one with --home or LOOKALIKE_HOME',
    '主文件夹无法使用（{errno}）：请检查权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'cannot-start.locked': [
    'another process is training this run: end it, then resume',
    '另一个进程正在训练它：请先结束那个进程，再继续。',
  ],
  'cannot-start.views': [
    'the self-test of {device} has shown that it makes no right views: set viewsBy to auto or processor',
    '自检表明 {device} 不能正确生成视图：请改为自动或由处理器生成。',
  ],
  'cannot-start.views-tensorflow': [
    'TensorFlow makes no views: set viewsBy to auto or processor',
    'TensorFlow 不能生成视图：请改为自动或由处理器生成。',
  ],
  'cannot-start.unreadable': [
    'the initial weights cannot be read ({errno}): choose another file, or set backbone.init to random',
    '无法读取初始权重（{errno}）：请选择另一个文件，或随机初始化。',
  ],
  'cannot-start.elsewhere-minutes': [
    'how many steps {minutes} {minutes:minute is|minutes are} on another machine is not known here: give epochs instead, --set epochs=100 --set minutes=null',
    '在这台电脑上无法得知另一台机器 {minutes} 分钟能走多少步：请改用轮数，如 --set epochs=100 --set minutes=null。',
  ],
  'cannot-start.elsewhere-formats': [
    '{count} {count:photo is of a format|photos are of formats} that PyTorch does not read, {file} among them: add --shards, which packs them as they are trained on',
    '有 {count} 张照片的格式 PyTorch 无法读取，例如 {file}：请加上 --shards，按训练所用的样子打包。',
  ],
  'cannot-start.elsewhere-bands': [
    'photos are trained on in colour alone there: set input.channels to {usual}, or train this run here',
    '在那里只能按彩色训练：请把 input.channels 设为 {usual}，或在这里训练。',
  ],
  'cannot-start.elsewhere-values': [
    'this folder holds measured values, which Lookalike turns into pictures by its own rule: add --shards, which packs them as they are trained on',
    '这个文件夹含有测量值，由 Lookalike 按自己的规则转成图片：请加上 --shards，按训练所用的样子打包。',
  ],
  'bad-result': ['What was trained elsewhere cannot be imported: {message}.', '无法导入在别处训练的结果：{message}。'],
  'bad-result.folder': [
    '{folder} holds no run for PyTorch (no run.json is in it): choose the folder that Export or lookalike cluster wrote',
    '{folder} 中没有可在 PyTorch 中训练的运行（缺少 run.json）：请选择由“导出”或 lookalike cluster 写出的文件夹。',
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
  'cannot-start.batch': [
    'a batch of {batchSize} is larger than the collection of {images} {images:photo|photos}: set batchSize to {suggestion}',
    '批次 {batchSize} 大于照片总数 {images}：请把批次设为 {suggestion}。',
  ],
  'cannot-start.stem': [
    'the imagenet stem leaves nothing of {imageSize} px: set backbone.stem to cifar, or imageSize to 64 or more',
    'imagenet 起始层在 {imageSize} 像素下什么也不剩：请改用 cifar 起始层，或把图像尺寸设为 64 以上。',
  ],
  'cannot-start.precision': [
    'the processor computes in float32 alone: set precision to float32',
    '处理器只以 float32 计算：请把精度设为 float32。',
  ],
  'cannot-start.float16': [
    'the device {device} has no float16: set precision to float32',
    '设备 {device} 不支持 float16：请把精度设为 float32。',
  ],
  'cannot-start.parts': [
    'the photos of this folder are cut otherwise than {setting} says: change tiles and pages in the Library, or leave {setting} as the folder has it',
    '此文件夹的照片与 {setting} 所说的切法不同：请在照片库中更改图块与页，或让 {setting} 与文件夹一致。',
  ],
  'cannot-start.device': [
    'the device {device} cannot be used: {why}: set device to auto or cpu',
    '设备 {device} 不可用，原因见“设置”中的自检：请选择自动或处理器。',
  ],
  'cannot-start.linear': [
    'a linear classifier needs labels, and the folder has none: give it subfolders or a CSV of labels, or leave the linear evaluation out',
    '线性分类器需要标签，而文件夹没有标签：请按标签分子文件夹、提供标签 CSV，或不做线性评估。',
  ],
  'cannot-start.processor': processorFailed,
  'cannot-start.memory': [
    'training needs about {needed} of memory and {free} are free: lower imageSize or backbone.width',
    '训练约需 {needed} 内存，可用 {free}：请减小图像尺寸或网络宽度。',
  ],
  'cannot-start.memory-batch': [
    'training needs about {needed} of memory and {free} are free: set batchSize to {suggestion}, or lower imageSize or backbone.width',
    '训练约需 {needed} 内存，可用 {free}：请把批次设为 {suggestion}，或减小图像尺寸或网络宽度。',
  ],
  'cannot-start.device-memory': [
    'training needs about {needed} of the memory of {device}, which has {free}: lower imageSize or backbone.width',
    '训练约需 {needed} 显存，{device} 有 {free}：请减小图像尺寸或网络宽度。',
  ],
  'cannot-start.device-memory-batch': [
    'training needs about {needed} of the memory of {device}, which has {free}: set batchSize to {suggestion}, or lower imageSize or backbone.width',
    '训练约需 {needed} 显存，{device} 有 {free}：请把批次设为 {suggestion}，或减小图像尺寸或网络宽度。',
  ],
  'cannot-start.disk': [
    'the run needs about {needed} of disk and {free} are free: free some space, or lower imageSize',
    '本次训练约需 {needed} 磁盘，可用 {free}：请腾出空间，或减小图像尺寸。',
  ],
  'cannot-start.disk-checkpoints': [
    'the run needs about {needed} of disk and {free} are free: set checkpoint.diskGigabytes to {suggestion}, or free some space',
    '本次训练约需 {needed} 磁盘，可用 {free}：请把检查点磁盘设为 {suggestion} GB，或腾出空间。',
  ],
  'no-images': [
    'There are no photos to work with: add some, or take back the exclusion of others.',
    '没有可用的照片：请添加照片，或取消对一些照片的排除。',
  ],
  'no-images.few': [
    '{images} {images:photo|photos} can be trained on: add a folder with at least 8, better several hundred',
    '可用于训练的照片有 {images} 张：请添加至少 8 张（最好数百张）的文件夹。',
  ],
  'no-images.few-skipped': [
    '{images} {images:photo|photos} can be trained on, and {skipped} {skipped:file|files} cannot be used: {reasons}',
    '可用于训练的照片有 {images} 张，另有 {skipped} 个文件不能使用：{reasons}',
  ],
  'no-images.embed': [
    'the folder has no photos to embed: add some, or take back the exclusion of others',
    '文件夹里没有可嵌入的照片：请添加照片，或取消对一些照片的排除。',
  ],
  'no-images.none': [
    'none of the {count} {count:photo|photos} could be read: {reason}',
    '{count} 张照片都无法读取：{reason}',
  ],
  'bad-weights': [
    'These weights do not fit this network: choose another file, or the backbone they belong to.',
    '权重与网络不符：请选择另一个文件，或选用它所属的骨干网络。',
  ],
  'bad-weights.network': [
    'these weights are of another network: set backbone.name to {name}, backbone.width to {width} and backbone.stem to {stem}',
    '这些权重属于另一种网络：请把骨干网络设为 {name}，宽度设为 {width}，起始层设为 {stem}。',
  ],
  'bad-weights.misfit': [
    '{tensor} has shape {given} in the given weights and {own} in this backbone: give those of a plain ResNet-18, 34 or 50',
    '张量 {tensor} 在所给权重中形状为 {given}，在此网络中为 {own}：请给出普通 ResNet-18、34 或 50 的权重。',
  ],
  'bad-weights.missing': [
    '{tensor} is missing in the given weights ({family}): give those of a whole ResNet-18, 34 or 50',
    '所给权重（{family}）缺少 {tensor}：请给出完整的 ResNet-18、34 或 50 的权重。',
  ],
  'bad-weights.unexpected': [
    '{tensor} of the given weights is in none of the networks here: give those of a plain ResNet-18, 34 or 50',
    '所给权重中的 {tensor} 不属于这里的任何网络：请给出普通 ResNet-18、34 或 50 的权重。',
  ],
  'bad-weights.several': [
    'the given weights hold several encoders ({prefixes}), and which is meant cannot be told: save the state_dict of one alone',
    '所给权重含有多个编码器（{prefixes}），无法判断用哪一个：请只保存其中一个的 state_dict。',
  ],
  'bad-weights.foreign': [
    'none of the given tensors is named as in torchvision or timm ResNets (conv1.weight, layer1.0.conv1.weight, ...): give such a file',
    '所给张量没有一个按 torchvision 或 timm 的 ResNet 命名（conv1.weight、layer1.0.conv1.weight 等）：请给出这样的文件。',
  ],

  'compute-failed': [
    'The computing process failed: {message}. What was saved is kept; resume to go on.',
    '计算进程失败：{message}。已保存的内容仍在，可继续训练。',
  ],
  'compute-failed.silent': [
    'the computing process did not answer for {seconds} {seconds:second|seconds} and was ended{complaint}. What was saved is kept: resume to go on',
    '计算进程 {seconds} 秒没有应答，已被结束{complaint}。已保存的内容仍在，可继续训练。',
  ],
  'compute-failed.killed': [
    'the computing process was ended by the system, most often because memory ran out: choose a smaller batch, image size or width{complaint}',
    '计算进程被系统结束，多半是内存不足：请减小批次、图像尺寸或网络宽度{complaint}。已保存的内容仍在。',
  ],
  'compute-failed.memory': [
    'the computing process ran out of memory: choose a smaller batch, image size or width, then resume',
    '计算进程内存不足：请减小批次、图像尺寸或网络宽度，然后继续训练。',
  ],
  'compute-failed.crashed': [
    'the computing process crashed ({signal}){complaint}. What was saved is kept: resume to go on, on another device if it repeats',
    '计算进程崩溃（{signal}）{complaint}。已保存的内容仍在，可继续训练。',
  ],
  'compute-failed.ended': [
    'the computing process ended by itself (exit code {exit}){complaint}. What was saved is kept: resume to go on',
    '计算进程自行结束（退出代码 {exit}）{complaint}。已保存的内容仍在，可继续训练。',
  ],
  'non-finite-loss': [
    'A number became infinite: lower the learning rate by a factor of 3 and start again from the last checkpoint.',
    '出现了无穷大或 NaN：请把学习率降低 3 倍，从上一个检查点重新开始。',
  ],
  'non-finite-loss.kept': [
    '{what} became infinite or NaN at step {step} (epoch {epoch}, learning rate {rate}); the checkpoint of {checkpoint} is kept. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.',
    '第 {step} 步（第 {epoch} 轮，学习率 {rate}）出现了无穷大或 NaN；已保留 {checkpoint} 的检查点。请把基础学习率降低 3 倍，或把预热轮数设为 10，从那里重新开始。',
  ],
  'non-finite-loss.unkept': [
    '{what} became infinite or NaN at step {step} (epoch {epoch}, learning rate {rate}); no checkpoint had been written yet. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.',
    '第 {step} 步（第 {epoch} 轮，学习率 {rate}）出现了无穷大或 NaN；当时还没有检查点。请把基础学习率降低 3 倍，或把预热轮数设为 10，重新开始。',
  ],
  'bad-checkpoint': ['The checkpoint cannot be used: choose another one.', '这个检查点无法使用：请选择另一个。'],
  'bad-checkpoint.unopenable': [
    'the checkpoint cannot be opened ({detail}): choose another one',
    '无法打开检查点（{detail}）：请选择另一个。',
  ],
  'bad-checkpoint.unusable': [
    'the checkpoint cannot be used: {detail}. Choose another one',
    '检查点无法使用：{detail}。请选择另一个。',
  ],
  'bad-checkpoint.damaged': [
    'the checkpoint {file} is damaged: {part} in it is not what was written. Choose another one, and check the disk',
    '检查点 {file} 已损坏，其中的 {part} 与写入时不同：请选择另一个，并检查磁盘。',
  ],
  'bad-checkpoint.went-back': [
    'the checkpoint {file} was damaged and is set aside: training goes on from step {step}. Check the disk',
    '检查点 {file} 已损坏，已移到一旁：从第 {step} 步继续训练。请检查磁盘。',
  ],
  'bad-checkpoint.file': [
    'the checkpoint {file} cannot be used: {detail}. Choose another one',
    '检查点 {file} 无法使用：{detail}。请选择另一个。',
  ],
  'bad-checkpoint.no-optimizer': [
    'the checkpoint of epoch {epoch} in {folder} has no optimizer state: continue from a later one, or start a new run from its weights',
    '{folder} 中第 {epoch} 轮的检查点没有优化器状态：请从更晚的一个继续，或用它的权重新建训练。',
  ],
  'no-checkpoint': ['There is no checkpoint yet: let the run train for a while.', '还没有检查点：让它再训练一会儿。'],
  stopped: ['stopped', '已停止。'],
  'bad-job': ['This cannot be computed: {message}.', '无法计算：{message}。'],
  'bad-job.labels': [
    {
      one: 'the photos have {count} label: sort them into a folder for each label, or give a CSV with labels',
      other: 'the photos have {count} labels: sort them into a folder for each label, or give a CSV with labels',
    },
    '照片只有 {count} 个标签：请按标签分文件夹，或提供带标签的 CSV。',
  ],
  'bad-job.dimensions': [
    'the training embeddings have {train} {train:number|numbers} and the test embeddings {test}: make both with the same checkpoint',
    '训练嵌入有 {train} 维，测试嵌入有 {test} 维：请用同一个检查点生成两者。',
  ],
  'bad-job.unlabelled': [
    'none of the test photos has a label: choose a labelled folder',
    '测试照片都没有标签：请选择带标签的文件夹。',
  ],
  'bad-job.other-labels': [
    'no test photo has a label of the training photos ({train}; tested: {test}): choose two folders with the same labels, or one folder for both',
    '测试照片没有任何一个训练照片的标签（训练：{train}；测试：{test}）：请选择标签相同的两个文件夹，或两者用同一个文件夹。',
  ],
  'bad-job.rows': [
    'the embeddings hold {rows} {rows:row|rows} for {images} {images:photo|photos}: embed the folder again',
    '嵌入有 {rows} 行，照片有 {images} 张：请重新嵌入文件夹。',
  ],
  'bad-job.unfinished': [
    'the run is at step {step} of {steps}: finish it before adding epochs',
    '训练到第 {step} 步，共 {steps} 步：请先完成它，再追加轮数。',
  ],
  'batch-too-large': [
    'The batch is larger than the collection: choose a smaller batch.',
    '批次大于照片总数：请改小批次。',
  ],
  'batch-too-large.photos': [
    'batchSize {batch} is larger than the collection of {count} {count:photo|photos}: set batchSize to {most} or less',
    '批次 {batch} 大于照片总数 {count}：请把批次设为 {most} 或更小。',
  ],
  'photos-changed': ['The photos have changed: {message}.', '照片有变化：{message}。'],
  'photos-changed.files': [
    '{count} {count:photo has|photos have} changed since the folder was read ({file}, for one) and {count:is used as it is|are used as they are} now: read the folder again',
    '自上次扫描文件夹以来有 {count} 张照片改动过（例如 {file}），现按其现状使用：请重新扫描文件夹。',
  ],
  'photos-changed.count': [
    'the photos have changed ({before} before, {now} now, {steps} {steps:step|steps} an epoch): training goes on with those there are, but not as it would have without the change',
    '照片有变化（之前 {before} 张，现在 {now} 张，每轮 {steps} 步）：训练用现有的照片继续，但结果与照片不变时不会相同。',
  ],
  'too-few-photos': ['Too few photos are left: {message}.', '剩下的照片太少：{message}。'],
  'too-few-photos.batch': [
    'this run trains in batches of {batch}, and {now} of its {before} {before:photo|photos} {now:is|are} left: bring photos back (put files back, take back exclusions, read the folder again) and resume, or start a new run with a smaller batchSize',
    '这次训练每批 {batch} 张，而原有的 {before} 张照片只剩 {now} 张：请恢复照片（放回文件、取消排除、重新读取文件夹）后继续，或用更小的批次新建训练。',
  ],
  'same-photos': ['The photos are the same: {message}.', '照片是同一张：{message}。'],
  'same-photos.all': [
    '{count} of {of} {of:photo that was|photos that were} looked at {count:is|are} the same picture, so there is nothing to tell apart: choose a folder of different photos',
    '看过的 {of} 张照片中有 {count} 张是同一张图，没有可以区分的内容：请选择一个照片各不相同的文件夹。',
  ],
  'same-photos.blank': [
    '{count} of {of} {of:photo that was|photos that were} looked at {count:is|are} blank (black, or of one colour), so there is nothing to tell apart: check how they were saved, or choose another folder',
    '看过的 {of} 张照片中有 {count} 张是空白的（全黑或单一颜色），没有可以区分的内容：请检查它们是如何保存的，或选择另一个文件夹。',
  ],
  'same-photos.many': [
    '{count} of {of} {of:photo that was|photos that were} looked at {count:is|are} the same picture: training goes on, but take the repeated ones out for an encoder worth having',
    '看过的 {of} 张照片中有 {count} 张是同一张图：训练会继续，但去掉重复的照片才能得到值得使用的编码器。',
  ],
  'same-photos.many-blank': [
    '{count} of {of} {of:photo that was|photos that were} looked at {count:is|are} blank (black, or of one colour): training goes on, but take them out for an encoder worth having',
    '看过的 {of} 张照片中有 {count} 张是空白的（全黑或单一颜色）：训练会继续，但去掉它们才能得到值得使用的编码器。',
  ],
  'photos-gone': ['Photos are no longer where they were: {message}.', '照片已不在原处：{message}。'],
  'photos-gone.folder': [
    'the folder {folder} is gone: connect its disk or put it back, or say where it is now, then start again',
    '文件夹 {folder} 不见了：请连接所在的磁盘、把它放回原处或指出新的位置，然后重新开始。',
  ],
  'photos-gone.some': [
    '{missing} of {total} {total:photo|photos} {missing:is|are} no longer in {folder}: put {missing:it|them} back or connect the disk, or read the folder again, then start again',
    '{folder} 中的 {total} 张照片有 {missing} 张已不在：请放回照片或连接所在的磁盘，或重新读取文件夹，然后重新开始。',
  ],
});
