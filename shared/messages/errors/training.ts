/** What ends a run or another job: the computing process, numbers, checkpoints, photos that are others now. */
import { catalogue } from '../catalogue.ts';

export const trainingErrors = catalogue({
  'compute-failed': [
    'The computing process failed: {message}. What was saved is kept; resume to go on.',
    '计算进程失败：{message}。已保存的内容仍在，可继续训练。',
  ],
  'compute-failed.silent': [
    'the computing process did not answer for {seconds} {seconds:second|seconds} and was ended{complaint}. What was saved is kept: resume to go on',
    '计算进程 {seconds} 秒没有应答，已被结束{complaint}。已保存的内容仍在，可继续训练。',
  ],
  'compute-failed.killed': [
    'the computing process was ended by the system, most often because memory ran out: close other programs and try again; a training needs less with a smaller batch, image size or width{complaint}',
    '计算进程被系统结束，多半是内存不足：请关闭其他程序后重试；训练时可减小批次、图像尺寸或网络宽度{complaint}。已保存的内容仍在。',
  ],
  'compute-failed.memory': [
    'the computing process ran out of memory: close other programs and try again; a training needs less with a smaller batch, image size or width',
    '计算进程内存不足：请关闭其他程序后重试；训练时可减小批次、图像尺寸或网络宽度。',
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
  'non-finite-loss.even': [
    '{what} became infinite or NaN at step {step} (epoch {epoch}, learning rate {rate}), since {count} of {of} {of:photo that was|photos that were} looked at {count:is|are} of one colour nearly everywhere: where all crops of a batch are the same, normalising them divides by nearly nothing. Take the empty photos out, or cut them to what is on them (input.tiles leaves empty tiles out), raise augment.cropScaleMin or batchSize, and start again.',
    '第 {step} 步（第 {epoch} 轮，学习率 {rate}）出现了无穷大或 NaN：看过的 {of} 张照片中有 {count} 张几乎处处是同一种颜色，一批裁剪完全相同时，归一化等于除以近乎零的数。请排除空照片，或裁到有内容的部分（input.tiles 会去掉空图块），提高 augment.cropScaleMin 或批次大小，然后重新开始。',
  ],
  'bad-checkpoint': ['The checkpoint cannot be used: choose another one.', '这个检查点无法使用：请选择另一个。'],
  'bad-checkpoint.unopenable': [
    'the checkpoint {file} cannot be opened ({detail}): choose another one',
    '无法打开检查点 {file}（{detail}）：请选择另一个。',
  ],
  'bad-checkpoint.unusable': [
    'the checkpoint {file} cannot be used: {detail}. Choose another one',
    '检查点 {file} 无法使用：{detail}。请选择另一个。',
  ],
  'bad-checkpoint.record': ['what it says of {path} makes no sense', '其中关于 {path} 的记录没有意义'],
  'bad-checkpoint.lacks': ['{tensor} is missing in it', '其中缺少 {tensor}'],
  'bad-checkpoint.shape': [
    '{tensor} in it is {shape}, where its settings ask for {wanted}',
    '其中的 {tensor} 为 {shape}，而其设置要求 {wanted}',
  ],
  'bad-checkpoint.variance': ['a variance in {tensor} is negative', '{tensor} 中有负的方差'],
  'bad-checkpoint.end-gone': [
    'the checkpoint that this run ended with is gone: it is trained from step {step} to that end again. Extend it after that',
    '这次训练结束时的检查点已不在：请先从第 {step} 步重新训练到结束，再延长它。',
  ],
  'bad-checkpoint.damaged': [
    'the checkpoint {file} is damaged: {part} in it is not what was written. Choose another one, and check the disk',
    '检查点 {file} 已损坏，其中的 {part} 与写入时不同：请选择另一个，并检查磁盘。',
  ],
  'bad-checkpoint.went-back': [
    'the checkpoint {file} was damaged and is set aside: training goes on from step {step}. Check the disk',
    '检查点 {file} 已损坏，已移到一旁：从第 {step} 步继续训练。请检查磁盘。',
  ],
  'bad-checkpoint.no-optimizer': [
    'the checkpoint of epoch {epoch} in {folder} has no optimizer state: continue from a later one, or start a new run from its weights',
    '{folder} 中第 {epoch} 轮的检查点没有优化器状态：请从更晚的一个继续，或用它的权重新建训练。',
  ],
  'no-checkpoint': ['There is no checkpoint yet: let the run train for a while.', '还没有检查点：让它再训练一会儿。'],
  stopped: ['stopped', '已停止。'],
  'bad-job': ['This cannot be computed: {message}.', '无法计算：{message}。'],
  'bad-job.no-labels': [
    'none of the photos has a label: sort them into two or more folders, one for each label, or give a CSV with labels',
    '照片都没有标签：请按标签分到两个或更多文件夹，或提供带标签的 CSV。',
  ],
  'bad-job.one-label': [
    'all labelled photos have the one label {label}, and there is nothing to tell apart: label some of them otherwise, by a folder for each label or a CSV',
    '所有带标签的照片都只有一个标签“{label}”，没有可区分的：请用各标签的文件夹或 CSV 给其中一些别的标签。',
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
  'same-photos.even': [
    '{count} of {of} {of:photo that was|photos that were} looked at {count:is|are} of one colour nearly everywhere, so that most crops of {count:it|them} are the same and teach nothing: cut the photos to what is on them, or into tiles (input.tiles leaves empty ones out), take the empty ones out, or raise augment.cropScaleMin',
    '看过的 {of} 张照片中有 {count} 张几乎处处是同一种颜色，从中裁出的大多相同，学不到东西：请把照片裁到有内容的部分，或切成图块（input.tiles 会去掉空的），或排除空照片，或提高 augment.cropScaleMin。',
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
  'photos-gone.disk': [
    'the disk of {folder} did not give {count} of its {total} {total:photo|photos}: connect it again or check it, then start again',
    '{folder} 所在的磁盘未能读出 {total} 张照片中的 {count} 张：请重新连接或检查这个磁盘，然后重新开始。',
  ],
  'photos-gone.vanished': [
    'the photos of {folder} went away while they were read: connect its disk again, or say where they are now, then start again',
    '{folder} 中的照片在读取途中消失：请重新连接所在的磁盘，或指出它们现在的位置，然后重新开始。',
  ],
});
