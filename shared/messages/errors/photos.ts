/** Why a photo is not used, in the list of skipped files. */
import { catalogue } from '../catalogue.ts';

export const photoErrors = catalogue({
  missing: ['The file no longer exists.', '文件已不存在。'],
  'missing.link': ['A symbolic link to a file that does not exist.', '符号链接，指向不存在的文件。'],
  'missing.folder': ['The folder {folder} does not exist.', '文件夹 {folder} 不存在：请把它放回原处，或指出新的位置。'],
  'missing.vanished': [
    'The folder {folder} vanished while it was read: connect its disk, or say where it moved, and read it again.',
    '文件夹 {folder} 在读取途中消失：请连接它的磁盘，或指出新的位置，然后重新扫描。',
  ],
  unreadable: ['It could not be read.', '无法读取。'],
  'unreadable.permission': ['No permission to read it.', '没有读取权限。'],
  'unreadable.loop': ['A symbolic link that leads back to itself.', '指回自身的符号链接。'],
  'unreadable.long': ['Its path is longer than the system allows.', '路径超过系统允许的长度。'],
  'unreadable.disk': ['The disk reported an error while reading it.', '读取时磁盘报错。'],
  'unreadable.locked': ['Another program has it locked.', '被另一个程序锁定。'],
  'unreadable.handles': [
    'Too many files are open on this machine: close other programs.',
    '这台机器打开的文件过多：请关闭其他程序。',
  ],
  'unreadable.other': ['It could not be read ({detail}).', '无法读取（{detail}）。'],
  'unreadable.folder': [
    'The folder {folder} cannot be read: check its permissions and that its disk is connected.',
    '无法读取文件夹 {folder}：请检查权限以及磁盘是否已连接。',
  ],
  'unreadable.photos-library': [
    'A library of Apple Photos or the like, whose photos lie under other names beside smaller copies: export them from that program, or add the folder "originals" (or "Masters") inside it.',
    'Apple 照片或类似程序的图库，照片以别的名称与缩小的副本放在一起：请从该程序导出，或添加其中的 originals（或 Masters）文件夹。',
  ],
  'unreadable.protected': [
    'macOS keeps the folder {folder} from programs that were not allowed to read it: allow Lookalike under System Settings, Privacy & Security, Files and Folders (or Full Disk Access), and read it again.',
    'macOS 不让未获许可的程序读取文件夹 {folder}：请在“系统设置 › 隐私与安全性 › 文件与文件夹”（或“完全磁盘访问权限”）中允许 Lookalike，然后重新扫描。',
  ],
  'unreadable.subfolder': ['The folder cannot be read. {reason}', '无法读取文件夹：{reason}'],
  'not-a-file': ['Not a file.', '不是文件。'],
  'not-a-file.folder': ['A folder, not a file.', '是文件夹，不是文件。'],
  'not-a-file.pipe': ['A named pipe, not a file.', '是命名管道，不是文件。'],
  'not-a-file.socket': ['A socket, not a file.', '是套接字，不是文件。'],
  'not-a-file.device': ['A device, not a file.', '是设备，不是文件。'],
  'not-a-file.special': ['A special file, not a file.', '是特殊文件。'],
  'not-a-file.no-folder': ['{folder} is not a folder.', '{folder} 不是文件夹。'],
  scan: ['It was passed over.', '已跳过。'],
  'scan.folder-again': ['A folder that is scanned already under another name.', '文件夹已以另一个名称扫描过。'],
  'scan.link-to-folder': ['A symbolic link to a folder that is scanned already.', '符号链接，指向已扫描的文件夹。'],
  'scan.link-to-file': ['A symbolic link to a file of the same folder.', '符号链接，指向同一文件夹中的文件。'],
  'scan.home': [
    'The folder that Lookalike keeps its own files in: nothing in it is one of these photos.',
    'Lookalike 存放自己文件的文件夹：其中没有属于这里的照片。',
  ],
  'scan.elsewhere': [
    'Not on this computer: a cloud service holds it, and a scan fetches nothing.',
    '不在这台电脑上：由云服务保存，扫描不会下载任何内容。',
  ],
  'scan.photos-library': [
    'A library of Apple Photos or the like, whose photos lie under other names beside smaller copies: export them from that program, or add the folder "originals" (or "Masters") inside it by itself.',
    'Apple 照片或类似程序的图库，照片以别的名称与缩小的副本放在一起：请从该程序导出，或单独添加其中的 originals（或 Masters）文件夹。',
  ],
  empty: ['The file is empty (0 bytes).', '文件是空的（0 字节）。'],
  truncated: ['The file is cut short.', '文件不完整。'],
  'truncated.pixels': ['The file is cut short: its pixels are not all there.', '文件不完整：像素不全。'],
  'truncated.bytes': ['The file is cut short: only {bytes} of it are there.', '文件不完整：只有 {bytes}。'],
  'truncated.announced': [
    'The file is cut short, or a number in it is damaged: it announces more than the {bytes} that are there.',
    '文件不完整，或其中有数字已损坏：它声明的内容多于现有的 {bytes}。',
  ],
  corrupt: ['The image data is damaged.', '图像数据已损坏。'],
  'corrupt.no-pixels': ['Its header claims an image without pixels.', '文件头所说的图像没有像素。'],
  'not-an-image': ['The file is not an image of a known format.', '不是已知格式的图像。'],
  'not-an-image.drawing': ['A drawing (SVG), not a photo.', '矢量图（SVG），不是照片。'],
  'not-an-image.drawing-named': [
    'A drawing (SVG), not a photo, whatever its name says.',
    '矢量图（SVG），不是照片，与文件名所示不符。',
  ],
  'not-an-image.pdf': ['A PDF document, not a photo.', 'PDF 文档，不是照片。'],
  'not-an-image.pdf-named': [
    'A PDF document, not a photo, whatever its name says.',
    'PDF 文档，不是照片，与文件名所示不符。',
  ],
  'not-an-image.video': ['A video, not a photo.', '视频，不是照片。'],
  'not-an-image.video-named': ['A video, not a photo, whatever its name says.', '视频，不是照片，与文件名所示不符。'],
  'not-an-image.text': ['A text file, not a photo.', '文本文件，不是照片。'],
  'not-an-image.text-named': [
    'A text file, not a photo, whatever its name says.',
    '文本文件，不是照片，与文件名所示不符。',
  ],
  'not-an-image.content': ['Its content is not an image in any known format.', '内容不是任何已知格式的图像。'],
  'not-an-image.content-named': [
    'Its content is not an image in any known format, whatever its name says.',
    '内容不是任何已知格式的图像，与文件名所示不符。',
  ],
  'not-an-image.zeros': [
    'It holds only zeros: the copy of it was probably interrupted.',
    '全是零：复制时很可能中断了。',
  ],
  unsupported: ['This variant of the format is not supported.', '不支持这种格式的变体。'],
  'unsupported.bmp': ['This variant of the BMP format is not supported.', '不支持这种 BMP 变体。'],
  'unsupported.json': [
    'JSON has no NaN and no infinity, and {name} has one: export npy',
    'JSON 没有 NaN 与无穷大，而 {name} 含有：请导出 npy。',
  ],
  'unsupported.detectron2-width': [
    'Detectron2 has whole ResNets only, and this one has {width} of the channels. Train one of width 1 with the ImageNet stem, or export Safetensors.',
    'Detectron2 只有完整宽度的 ResNet，而这个网络只有 {width} 倍的通道。请训练一个宽度为 1、使用 ImageNet 输入层的网络，或导出 Safetensors。',
  ],
  'unsupported.detectron2-stem': [
    'Detectron2 has ResNets with the ImageNet stem only, and this one begins with a smaller one. Train one with that stem, or export Safetensors.',
    'Detectron2 只有使用 ImageNet 输入层的 ResNet，而这个网络的输入层较小。请用该输入层训练一个，或导出 Safetensors。',
  ],
  'unsupported.detectron2-bands': [
    'Detectron2 takes pictures of three channels, and this network takes {bands}: export safetensors or onnx',
    'Detectron2 只接受三通道图像，而这个网络接受 {bands} 个：请导出 safetensors 或 onnx。',
  ],
  'unsupported.bands-count': [
    'It has {count} {count:band|bands}, and {wanted} {wanted:is|are} trained on (input.channels): say in input.bands which of them.',
    '它有 {count} 个波段，而训练用 {wanted} 个（input.channels）：请在 input.bands 中指定。',
  ],
  'unsupported.bands-missing': [
    'Of its {count} {count:band|bands} it does not have the {wanted} that input.bands names ({bands}).',
    '它有 {count} 个波段，没有 input.bands 指定的 {wanted} 个（{bands}）。',
  ],
  'unsupported.raw': [
    'This RAW file holds no preview image: export it as JPEG or TIFF from a RAW developer.',
    '这个 RAW 文件没有预览图：请用 RAW 软件导出为 JPEG 或 TIFF。',
  ],
  'unsupported.channels': [
    'It decodes to {channels} {channels:channel|channels} instead of three.',
    '解码后有 {channels} 个通道，而不是三个。',
  ],
  'unsupported.tiff-compression': [
    'A TIFF compressed by {name}, which is not read: save it with LZW or deflate.',
    '用 {name} 压缩的 TIFF，无法读取：请改存为 LZW 或 deflate。',
  ],
  'unsupported.tiff-samples': [
    'A TIFF with samples of {bits} {bits:bit|bits} in a form that is not read: save it as integers of up to 32 bits or as floats.',
    'TIFF 的 {bits} 位样本格式无法读取：请改存为不超过 32 位的整数或浮点数。',
  ],
  'unsupported.tiff-complex': [
    'A TIFF of complex numbers, which no picture shows: save their magnitude, or real and imaginary part as bands of floats.',
    '复数 TIFF，无法显示为图像：请改存其幅值，或将实部与虚部存为两个浮点波段。',
  ],
  'unsupported.tiff-volume': [
    'A TIFF of a volume, whose {depth} planes are one page, which is not read: save each plane as a page.',
    '体积 TIFF，{depth} 个平面存为一页，无法读取：请将每个平面存为一页。',
  ],
  'unsupported.tiff-mixed': [
    'A TIFF whose bands have different numbers of bits: save all of them with the same, or the bands apart.',
    '各波段位数不同的 TIFF：请用相同的位数保存所有波段，或将波段分开存放。',
  ],
  'unsupported.npy-complex': [
    'A NumPy array of complex numbers, which no picture shows: save np.abs of it.',
    '复数 NumPy 数组，无法显示为图像：请改存其 np.abs。',
  ],
  'too-large.bands': [
    'A picture of {bands} {bands:band|bands} that needs {needed} to unpack, more than {most}: save it in tiles, or with the bands apart.',
    '{bands} 个波段的图像，解压需要 {needed}，超过 {most}：请分块保存，或将波段分开存放。',
  ],
  'unsupported.npy': [
    'A NumPy array of shape {shape} and type {type}: arrays of numbers with two or three axes are read.',
    'NumPy 数组，形状 {shape}，类型 {type}：只读取两轴或三轴的数值数组。',
  ],
  'unsupported.jpeg2000': [
    'A JPEG 2000 with {form}, which is not read: save it as TIFF.',
    '含有 {form} 的 JPEG 2000，无法读取：请另存为 TIFF。',
  ],
  'unsupported.dicom': [
    'A DICOM picture of a kind that is not read ({kind}): save it without compression.',
    '这种 DICOM 图像（{kind}）无法读取：请以无压缩方式另存。',
  ],
  'unsupported.dicom-no-picture': ['A DICOM file without a picture.', '没有图像的 DICOM 文件。'],
  'unsupported.zarr': [
    'An image in chunks (OME-Zarr), which is not read: export it as OME-TIFF (with Fiji, NGFF-Converter or raw2ometiff) and add that.',
    '分块图像（OME-Zarr），无法读取：请用 Fiji、NGFF-Converter 或 raw2ometiff 导出为 OME-TIFF，再添加它。',
  ],
  'unsupported.kind': [
    'A file of the kind {kind}, which is not read: save it as PNG, TIFF or JPEG.',
    '{kind} 文件，无法读取：请另存为 PNG、TIFF 或 JPEG。',
  ],
  skipped: ['It is not used.', '未使用。'],
  'skipped.kind': ['{count} × {why}', '{count} 个：{why}'],
  'skipped.others': ['{count} for other reasons', '另有 {count} 个因其他原因'],
  'skipped.and': ['{one} {rest}', '{one}另外，{rest}'],

  'too-large': ['It is too large.', '太大。'],
  'too-large.file': [
    'The file has {bytes}; at most {most} are read at once: cut it into tiles (Library, or input.tiles).',
    '文件有 {bytes}；一次最多读取 {most}：请把它切成图块（照片库，或 input.tiles）。',
  ],
  'too-large.pixels': [
    'Its header claims {width} × {height} pixels, more than the limit of {most} megapixels: cut it into tiles (Library, or input.tiles).',
    '文件头所说的 {width} × {height} 像素超过 {most} 百万像素的上限：请把它切成图块（照片库，或 input.tiles）。',
  ],
  'too-large.header': ['Its header claims more pixels than the limit.', '文件头所说的像素超过上限。'],
  'too-large.index': [
    '{count} {count:vector|vectors} of {dimensions} {dimensions:number|numbers} need {needed} GB, an index holds 4: search a part of the folder',
    '{count} 个 {dimensions} 维向量需要 {needed} GB，索引最多容纳 4 GB：请只搜索文件夹的一部分。',
  ],
  'too-small': ['It is too small to learn from.', '太小，学不到东西。'],
  'too-small.side': [
    '{width} × {height} pixels are too few to learn from (at least {least} × {least}).',
    '{width} × {height} 像素太小，学不到东西（至少 {least} × {least}）。',
  ],
  'timed-out': ['Decoding it took longer than the time limit.', '解码超过时限。'],
  'timed-out.seconds': [
    'Decoding it took longer than the limit of {seconds} {seconds:second|seconds}.',
    '解码超过 {seconds} 秒的时限。',
  ],
  crashed: ['The decoder stopped while reading it.', '解码器读取时中断。'],
  'crashed.detail': ['The decoder stopped while reading it ({detail}).', '解码器读取时中断（{detail}）。'],
});
