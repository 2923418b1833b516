/** Encoders from elsewhere that are used as they are: choosing one, its form, its check, and what a run of one shows. */
import { catalogue } from '../catalogue.ts';

export const frozenWords = catalogue({
  'frozen.action': ['Use an encoder', '使用编码器'],
  'frozen.actionHint': [
    'Embeds a folder with an encoder that was trained elsewhere, an ONNX file: nothing is trained here.',
    '用别人的编码器（ONNX 文件）按原样嵌入一个文件夹，不做训练。',
  ],
  'frozen.title': ['Use an encoder as it is', '按原样使用编码器'],
  'frozen.text': [
    'An ONNX file of any vision encoder: DINOv2, the vision part of CLIP, one of your own. It is copied and not trained; Explore, Evaluate, tags and exports work with it as with a run.',
    '任何视觉编码器的 ONNX 文件：DINOv2、CLIP 的视觉部分、你自己的。文件会被复制，不做训练；浏览、评估、标签和导出与其他训练一样可用。',
  ],
  'frozen.choose': ['Choose an ONNX file', '选择 ONNX 文件'],
  'frozen.folder': ['Photos', '照片'],
  'frozen.noFolder': ['Choose a folder', '选择文件夹'],
  'frozen.name': ['Name', '名称'],
  'frozen.licence': ['Licence', '许可'],
  'frozen.origin': ['Where it is from', '来源'],
  'frozen.wordsHint': [
    'In your own words. It goes into the model card and the exports; left empty, what the file says.',
    '用你自己的话填写，会写入模型卡和导出；留空则用文件自带的说明。',
  ],
  'frozen.looking': ['Reading the file and embedding known pictures…', '正在读取文件并嵌入已知图片…'],
  'frozen.check': ['Check again', '再次检查'],
  'frozen.use': ['Embed this folder', '嵌入这个文件夹'],
  'frozen.made': ['“{name}” is ready.', '“{name}”已就绪。'],
  'frozen.summary': [
    '{dimensions} {dimensions:number|numbers} a photo, operators of version {opset}',
    '每张照片 {dimensions} 个数，算子版本 {opset}',
  ],
  'frozen.hint.imageSize': ['Side of the square picture that the network is given.', '网络所接收的正方形图片的边长。'],
  'frozen.hint.fit': [
    'What becomes of a photo that is not square: its centre is cut out, or all of it is squeezed.',
    '不是正方形的照片如何处理：裁出中央，或整张压缩。',
  ],
  'frozen.hint.shortSide': [
    'The photo is first made so large that its shorter side has this many pixels; then the centre is cut out.',
    '先把照片缩放到短边为这么多像素，再裁出中央。',
  ],
  'frozen.hint.interpolation': [
    'How pixels are computed when a photo is resized: as it was done when the network was trained.',
    '缩放照片时如何计算像素：应与训练该网络时一致。',
  ],
  'frozen.hint.mean': [
    'Taken away from each colour, whose values go from 0 to 1, before the network sees it.',
    '网络看到之前，从每种颜色（取值 0 到 1）中减去的值。',
  ],
  'frozen.hint.std': [
    'What each colour is divided by, once its mean is taken away.',
    '减去均值之后，每种颜色除以的值。',
  ],
  'frozen.hint.order': [
    'Which colour comes first: red (rgb), as nearly everywhere, or blue (bgr).',
    '哪种颜色在前：红（rgb，几乎都是如此）或蓝（bgr）。',
  ],
  'frozen.hint.layout': [
    'How the numbers of pictures follow each other: n picture, c colour, h row, w column.',
    '图片的数值如何排列：n 图片、c 颜色、h 行、w 列。',
  ],
  'frozen.hint.output': ['Which of the outputs of the file are the features.', '文件的哪个输出是特征。'],
  'frozen.hint.pool': [
    'How the output becomes one list of numbers a photo, which is what photos are compared by.',
    '输出如何变成每张照片的一列数值，照片就按它来比较。',
  ],
  'frozen.field.imageSize': ['Picture', '图片大小'],
  'frozen.field.fit': ['Made square by', '变为正方形'],
  'frozen.fit.crop': ['cutting out the centre', '裁出中央'],
  'frozen.fit.squash': ['fitting all of it', '整张压缩'],
  'frozen.field.shortSide': ['Short side before the cut', '裁剪前的短边'],
  'frozen.field.interpolation': ['Resized by', '缩放方式'],
  'frozen.field.mean': ['Mean of red, green, blue', '红绿蓝均值'],
  'frozen.field.std': ['Deviation of red, green, blue', '红绿蓝标准差'],
  'frozen.field.order': ['Order of colours', '颜色顺序'],
  'frozen.field.layout': ['Order of axes', '轴的顺序'],
  'frozen.field.output': ['Output', '输出'],
  'frozen.field.pool': ['Pooling', '汇聚'],
  'frozen.pool.none': ['as it is', '原样'],
  'frozen.pool.class': ['class token', '类别记号'],
  'frozen.pool.mean': ['mean', '平均'],
  'frozen.pool.patches': ['mean without the class token', '不含类别记号的平均'],
  'frozen.pool.flatten': ['all numbers', '全部数值'],
  'frozen.source.given': ['set by you', '由你设置'],
  'frozen.source.metadata': ['from the file’s metadata', '来自文件元数据'],
  'frozen.source.graph': ['from the file’s graph', '来自文件的计算图'],
  'frozen.source.config': ['from preprocessor_config.json', '来自 preprocessor_config.json'],
  'frozen.source.guessed': ['guessed', '猜测'],
  'frozen.outcome.well': [
    'Known pictures: all numbers are finite, different pictures differ (similarity {different}), and two crops of one are nearer ({same}; nearest for {nearest}).',
    '已知图片：数值都有限，不同图片互不相同（相似度 {different}），同一图片的两个裁剪更近（{same}；{nearest} 为最近）。',
  ],
  'frozen.outcome.alike': [
    'Known pictures that differ give the same vector: it is not fed rightly. Look at mean, deviation, output and pooling.',
    '不同的已知图片得到相同的向量：输入不正确。请检查均值、标准差、输出和汇聚方式。',
  ],
  'frozen.outcome.far': [
    'Two crops of a known picture are no nearer (similarity {same}) than different pictures ({different}; nearest for {nearest}): look at output and pooling.',
    '已知图片的两个裁剪（相似度 {same}）并不比不同图片（{different}；{nearest} 为最近）更近：请检查输出和汇聚方式。',
  ],
  'frozen.badge': ['frozen encoder', '冻结的编码器'],
  'frozen.monitor': [
    'This encoder is used as it is, so there is no training to watch, extend or resume. Explore, Evaluate, tags and Export work with it.',
    '这个编码器按原样使用，因此没有可查看、延长或继续的训练。浏览、评估、标签和导出都可使用。',
  ],
  'frozen.file': ['File', '文件'],
  'frozen.dimensions': ['Numbers a photo', '每张照片的数值'],
  'frozen.unstated': ['not stated', '未说明'],
  'frozen.fromNew': [
    'Or embed a folder with an encoder from elsewhere, without training',
    '或不做训练，用别人的编码器嵌入文件夹',
  ],
});
