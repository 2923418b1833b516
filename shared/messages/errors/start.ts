/** Why a run cannot start: its settings, its photos, the weights that it is given. */
import { catalogue } from '../catalogue.ts';
import { processorFailed } from './devices.ts';

export const startErrors = catalogue({
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
  'cannot-start.checkpoints-gone': [
    'no checkpoint is left that this run could go on from, and beginning anew would overwrite its {epochs} {epochs:epoch|epochs}: put its files back into {folder}, or start a new run',
    '没有可供继续的检查点，而重新开始会覆盖已有的 {epochs} 轮：请把它的文件放回 {folder}，或新建训练。',
  ],
  'cannot-start.home': [
    'the home folder cannot be used ({errno}): choose another one with --home or LOOKALIKE_HOME',
    '主文件夹无法使用（{errno}）：请检查权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'cannot-start.home-closed': [
    '{path} is not yours to read and write: give it back its owner or permissions, or choose another home with --home or LOOKALIKE_HOME',
    '你没有读写 {path} 的权限：请恢复其所有者或权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
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
  'no-images.few-in': [
    '{images} {images:photo|photos} of {folder} can be trained on: give a folder with at least 8, better several hundred',
    '{folder} 中可用于训练的照片有 {images} 张：请选择至少有 8 张（最好数百张）照片的文件夹。',
  ],
  'no-images.few-skipped': [
    '{images} {images:photo|photos} can be trained on, and {skipped} {skipped:file|files} cannot be used: {reasons} Mend what is wrong, as with {file}, or give a folder with at least 8 photos',
    '可用于训练的照片有 {images} 张，另有 {skipped} 个文件不能使用：{reasons}请处理好（例如 {file}），或选择至少有 8 张照片的文件夹。',
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
  'bad-weights.diverged': [
    '{tensor} of the given weights holds NaN, infinity or a variance below 0: their training has diverged, give an earlier file',
    '所给权重中的 {tensor} 含有 NaN、无穷大或负的方差：其训练已发散，请给出更早的文件。',
  ],
  'bad-weights.foreign': [
    'none of the given tensors is named as in torchvision or timm ResNets (conv1.weight, layer1.0.conv1.weight, ...): give such a file',
    '所给张量没有一个按 torchvision 或 timm 的 ResNet 命名（conv1.weight、layer1.0.conv1.weight 等）：请给出这样的文件。',
  ],
  'batch-too-large': [
    'The batch is larger than the collection: choose a smaller batch.',
    '批次大于照片总数：请改小批次。',
  ],
  'batch-too-large.photos': [
    'batchSize {batch} is larger than the collection of {count} {count:photo|photos}: set batchSize to {most} or less',
    '批次 {batch} 大于照片总数 {count}：请把批次设为 {most} 或更小。',
  ],
});
