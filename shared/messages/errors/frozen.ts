/** Why an ONNX file cannot be used as an encoder, and what does not apply to a run that trains nothing. */
import { catalogue } from '../catalogue.ts';

export const frozenErrors = catalogue({
  'bad-encoder': ['This encoder cannot be used: {message}.', '无法使用这个编码器：{message}。'],
  'bad-encoder.unreadable': [
    '{file} cannot be read ({code}): check its path and permissions',
    '无法读取 {file}（{code}）：请检查路径和权限。',
  ],
  'bad-encoder.large': [
    '{file} is larger than 2 GB, which no ONNX file in one piece can be: choose a smaller network',
    '{file} 超过 2 GB，单个 ONNX 文件不可能这么大：请选择更小的网络。',
  ],
  'bad-encoder.not-onnx': [
    '{file} is not an ONNX file: export the network with torch.onnx.export, or download its .onnx file whole',
    '{file} 不是 ONNX 文件：请用 torch.onnx.export 导出网络，或重新完整下载 .onnx 文件。',
  ],
  'bad-encoder.external': [
    '{file} keeps its weights in {data}, which cannot be read beside it: put both into one folder, under their names',
    '{file} 的权重在 {data} 中，但在它旁边读不到：请把两个文件按原名放在同一个文件夹里。',
  ],
  'bad-encoder.external-short': [
    '{data} is shorter than {file} says, whose weights it holds: download or export both again',
    '{data} 比 {file} 所说的短，而它存有后者的权重：请重新下载或导出这两个文件。',
  ],
  'bad-encoder.text': [
    '{file} takes words (its input is {input}), not pictures: choose the vision encoder, which is a file of its own',
    '{file} 接收的是文字（输入为 {input}），不是图片：请选择单独的视觉编码器文件。',
  ],
  'bad-encoder.inputs': [
    '{file} needs {count} {count:input|inputs} ({inputs}), an encoder takes pictures alone: export its vision part by itself',
    '{file} 需要 {count} 个输入（{inputs}），而编码器只接收图片：请单独导出它的视觉部分。',
  ],
  'bad-encoder.not-pictures': [
    '{file} takes {shape} ({input}), not pictures of [photos, 3, height, width]: choose a vision encoder',
    '{file} 接收的是 {shape}（{input}），不是 [照片, 3, 高, 宽] 的图片：请选择视觉编码器。',
  ],
  'bad-encoder.half': [
    '{file} takes or gives numbers in half precision: export it in float32, or convert it with keep_io_types=True, which leaves only its inside in halves',
    '{file} 的输入或输出是半精度：请以 float32 导出，或转换时加上 keep_io_types=True，只在内部使用半精度。',
  ],
  'bad-encoder.channels': [
    '{file} takes {shape}, not pictures of three colours: choose an encoder for red, green and blue',
    '{file} 接收 {shape}，不是三种颜色的图片：请选择接收红绿蓝的编码器。',
  ],
  'bad-encoder.square': [
    '{file} takes pictures of {width} x {height} pixels, and only square ones can be made: export it for a square',
    '{file} 接收 {width} × {height} 像素的图片，而这里只能生成正方形：请按正方形重新导出。',
  ],
  'bad-encoder.outputs': [
    '{file} has no output of floating-point numbers: export the network up to its features',
    '{file} 没有浮点数输出：请把网络导出到特征为止。',
  ],
  'bad-encoder.output': [
    '{file} has no output {given} that can be taken: choose from {outputs}',
    '{file} 没有可用的输出 {given}：请从 {outputs} 中选择。',
  ],
  'bad-encoder.size': [
    '{file} takes pictures of {size} {size:pixel|pixels}, not {given}: leave the size out',
    '{file} 接收 {size} 像素的图片，不是 {given}：请不要指定大小。',
  ],
  'bad-encoder.layout': [
    '{file} takes pictures as {layout}, not {given}: leave the layout out',
    '{file} 的图片排列是 {layout}，不是 {given}：请不要指定排列。',
  ],
  'bad-encoder.short-side': [
    'a short side of {shortSide} {shortSide:pixel|pixels} cannot be cut to {imageSize}: give at least {imageSize}',
    '短边 {shortSide} 像素裁不出 {imageSize} 像素：请至少给 {imageSize}。',
  ],
  'bad-encoder.pool': [
    "the output of {file} is {shape} for a photo, which '{pool}' does not make a vector of: choose none for [D], class, mean or patches for [tokens, D], mean for a map, or flatten",
    '{file} 对每张照片的输出是 {shape}，“{pool}”无法把它变成一个向量：[D] 选 none，[记号, D] 选 class、mean 或 patches，特征图选 mean，或选 flatten。',
  ],
  'bad-encoder.dimensions': [
    '{file} gives {dimensions} {dimensions:number|numbers} for a photo, more than {most}: choose the pooling mean',
    '{file} 每张照片给出 {dimensions} 个数，超过 {most}：请把汇聚方式选为 mean。',
  ],
  'bad-encoder.not-finite': [
    '{file} gives NaN or infinity for known pictures: check mean and deviation, or export it in float32',
    '{file} 对已知图片给出 NaN 或无穷大：请检查均值和标准差，或以 float32 导出。',
  ],
  'bad-encoder.opset': [
    '{file} is written for version {opset} of the ONNX operators, which the runtime here does not know: export it with opset_version=17 ({detail})',
    '{file} 使用第 {opset} 版 ONNX 算子，这里的运行时不支持：请用 opset_version=17 导出（{detail}）。',
  ],
  'bad-encoder.unusable': [
    '{file} cannot be run ({detail}): export it again with standard operators and opset_version=17',
    '{file} 无法运行（{detail}）：请用标准算子和 opset_version=17 重新导出。',
  ],
  'wrong-state.frozen': [
    '{name} is a frozen encoder, which is used as it is and never trained: start a new run to train one',
    '“{name}”是冻结的编码器，只按原样使用，从不训练：请新建一次训练。',
  ],
  'cannot-start.frozen': [
    '{name} is a frozen encoder whose weights fit no network that is trained here: choose another run, or random',
    '“{name}”是冻结的编码器，其权重不适合这里训练的任何网络：请选择另一次训练，或随机初始化。',
  ],
  'bad-encoder.no-network': [
    '{file} holds weights of no network that is known here: give an ONNX file, or weights of a ResNet-18, 34 or 50',
    '{file} 中的权重不属于这里已知的网络：请给出 ONNX 文件，或 ResNet-18、34、50 的权重。',
  ],
  'cannot-start.no-teacher-file': [
    'there is no file {file} to teach the run: give the path of an ONNX file or of weights, or run:ID',
    '没有可作教师的文件 {file}：请给出 ONNX 文件或权重的路径，或 run:ID。',
  ],
  'cannot-start.teacher': ['this teacher cannot be used: {reason}', '无法使用这位教师：{reason}'],
  'bad-encoder.not-weights': [
    '{file} is no file of weights ({detail}): give an ONNX file, or weights of a ResNet-18, 34 or 50',
    '{file} 不是权重文件（{detail}）：请给出 ONNX 文件，或 ResNet-18、34、50 的权重。',
  ],
  'cannot-start.teacher-photos': [
    'a teacher is asked of at most {most} {most:photo|photos}, and these are {images}: set photos to {most}, or leave teacher.from empty',
    '教师最多看 {most} 张照片，而这里有 {images} 张：请把 photos 设为 {most}，或把 teacher.from 留空。',
  ],
  'cannot-start.no-teacher': [
    "there is no run {id} to learn from: 'lookalike runs' lists them",
    '作为教师的训练 {id} 不存在：请选择另一次训练。',
  ],
  'cannot-start.teacher-gone': [
    'the encoder that teaches this run is gone, and what it made of the photos is not there for all of them: start a new run with another teacher',
    '这次训练的教师已不在，而它对部分照片的结果也没有：请用另一位教师新建训练。',
  ],
  'cannot-start.elsewhere-teacher': [
    'a run with a teacher is trained where the teacher is, not elsewhere: train it here, or leave teacher.from empty',
    '有教师的训练只能在教师所在处进行：请在这里训练，或把 teacher.from 留空。',
  ],
  'cannot-start.elsewhere-folded': [
    'in this ONNX file batch normalisation is folded into the convolutions, and its scales are found on the photos by a run here: train it here, or give the checkpoint that the file was made from',
    '此 ONNX 文件已将批归一化并入卷积，其尺度要由这里的训练在照片上求得：请在这里训练，或给出生成该文件的检查点。',
  ],
  'unsupported.frozen': [
    'a frozen encoder is the ONNX file it came as: choose onnx',
    '冻结的编码器就是它原来的 ONNX 文件：请选择 onnx。',
  ],
});
