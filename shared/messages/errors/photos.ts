/** Why a photo is not used, in the list of skipped files; the cache and the processes that decode. */
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
  'unsupported.detectron2': [
    'Detectron2 has no {name} of width {width} with the {stem} stem: train one with backbone.width 1 and backbone.stem imagenet, or export safetensors',
    'Detectron2 没有宽度 {width}、{stem} 输入层的 {name}：请用 backbone.width 1 和 backbone.stem imagenet 训练一个，或导出 safetensors。',
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

  note: ['It is used, but not all of it.', '已使用，但并非全部。'],
  'note.pages': ['{count} more {count:page is|pages are} not used.', '另有 {count} 页未使用。'],
  'note.frames': [
    'It is an animation: {count} more {count:picture is|pictures are} not used.',
    '这是动画：另有 {count} 幅画面未使用。',
  ],
  'note.bands': ['It has {count} {count:band|bands}: {shown} are shown.', '有 {count} 个波段：显示 {shown}。'],
  'note.channels': [
    'Of {count} {count:channel|channels}, {shown} are shown as colours.',
    '共 {count} 个通道：{shown} 以颜色显示。',
  ],
  'note.no-alpha': [
    'Its fourth band is called transparency but does not look like it: it is not used.',
    '第四个波段名为透明度，但看来不是：未使用。',
  ],
  'note.mask': [
    'It holds only {count} different {count:colour|colours}: it looks like a mask or a drawing, not a photo.',
    '只有 {count} 种不同的颜色：看来是掩膜或图画，不是照片。',
  ],
  'note.nearly-black': [
    'It is nearly all black: {percent} % of it is in the darkest tenth.',
    '几乎全黑：{percent} % 在最暗的十分之一。',
  ],
  'note.nearly-white': [
    'It is nearly all white: {percent} % of it is in the brightest tenth.',
    '几乎全白：{percent} % 在最亮的十分之一。',
  ],
  'note.transparent': ['It is transparent everywhere: the colours beneath are used.', '图像完全透明：使用其下的颜色。'],
  'note.constant': ['All of its values are the same.', '所有值都相同。'],
  'note.overview': [
    'It has {width} × {height} pixels: a smaller copy in the file is used.',
    '有 {width} × {height} 像素：使用文件中较小的副本。',
  ],

  skipped: ['It is not used.', '未使用。'],
  'skipped.kind': ['{count} × {why}', '{count} 个：{why}'],
  'skipped.others': ['{count} for other reasons', '另有 {count} 个因其他原因'],
  'skipped.and': ['{one} {rest}', '{one}另外，{rest}'],

  'note.in-files': [
    'In {count} of {looked} {looked:file that was|files that were} looked at, such as {file}: {note}',
    '在查看的 {looked} 个文件中有 {count} 个（例如 {file}）：{note}',
  ],
  'note.kind': [{ one: '{type}, {count} band', other: '{type}, {count} bands' }, '{type}，{count} 个波段'],
  'note.kind.channels': [
    { one: '{type}, {count} channel', other: '{type}, {count} channels' },
    '{type}，{count} 个通道',
  ],
  'note.kind.uint': ['{bits}-bit', '{bits} 位'],
  'note.kind.int': ['{bits}-bit with sign', '{bits} 位有符号'],
  'note.kind.float': ['{bits}-bit floating point', '{bits} 位浮点'],
  'note.kind.and': ['{one}; {other}', '{one}；{other}'],
  'note.range': [
    'Measured values ({kind}) are shown from {low} (black) to {high} (white). Files measured: {files}. Another rule is chosen in the Library, or by input.rule.',
    '测量值（{kind}）从 {low}（黑）到 {high}（白）显示，由 {files} 个文件测得。可在“照片库”中或用 input.rule 选择其他规则。',
  ],
  'note.mixed': [
    'The folder mixes kinds of values ({kinds}): their pictures do not compare.',
    '文件夹混有多种数值（{kinds}）：它们的图像不可比较。',
  ],
  'note.mixed-depths': [
    'In {count} of {files} {files:file|files} ({kind}) values end at {low}, in others they reach {high}: this looks like 12 and 16 bits mixed, and the first are nearly black beside the others. Put them into folders of their own, or set input.rule to file.',
    '{files} 个文件（{kind}）中有 {count} 个的值止于 {low}，其他的达到 {high}：看来混有 12 位与 16 位，前者在后者旁边几乎是黑的。请分放到不同的文件夹，或把 input.rule 设为 file。',
  ],
  'note.nodata': [
    'A file ({kind}) is mostly empty: {percent} % of it was measured.',
    '有文件（{kind}）大部分为空：只有 {percent} % 是测量值。',
  ],
  'note.few-values': [
    'The files ({kind}) hold only {count} different {count:value|values}: they look like masks, not photos.',
    '文件（{kind}）只有 {count} 种不同的值：看来是掩膜，不是照片。',
  ],
  'note.dark': [
    'The values ({kind}) are nearly all black as they are shown: {percent} % are in the lowest tenth.',
    '数值（{kind}）几乎都显示为黑：{percent} % 在最低的十分之一。',
  ],
  'note.bright': [
    'The values ({kind}) are nearly all white as they are shown: {percent} % are in the highest tenth.',
    '数值（{kind}）几乎都显示为白：{percent} % 在最高的十分之一。',
  ],
  'note.mixed-bands': [
    'The folder mixes files of different numbers of bands ({counts}): those of another number than is trained on are skipped.',
    '文件夹中各文件的波段数不同（{counts}）：波段数与训练所用不同的文件会被跳过。',
  ],
  'note.dead-band': [
    'Band {band} of {count} holds one value alone: there is nothing to see in it.',
    '{count} 个波段中的第 {band} 个只有一个值：没有可看的内容。',
  ],
  'note.all-bands': [
    'The files have {count} {count:band|bands}, and the picture is what is trained on. To train on all of them as they are, choose that in the Library, or set input.channels to {count}.',
    '文件有 {count} 个波段，训练用的是图像。要让训练使用全部波段并保持原样，请在“照片库”中选择，或把 input.channels 设为 {count}。',
  ],
  'note.all-constant': [
    'The files ({kind}) each hold one value alone: there is nothing to see in them.',
    '文件（{kind}）各自只有一个值：没有可看的内容。',
  ],

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

  'cache-too-large': [
    'The image cache needs more disk than there is: choose a smaller image size.',
    '图像缓存所需的磁盘不够：请减小图像尺寸。',
  ],
  'cache-too-large.budget': [
    'The image cache for {count} {count:photo|photos} at {size} px needs {needed}, more than the {most} it may use: choose a smaller image size or allow the cache more disk in Settings.',
    '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，超过允许的 {most}：请减小图像尺寸，或在“设置”中给缓存更多磁盘。',
  ],
  'cache-too-large.disk': [
    'The image cache for {count} {count:photo|photos} at {size} px needs {needed}, but the disk has {most} left: free some space, or choose a smaller image size.',
    '{count} 张照片在 {size} 像素下的图像缓存需要 {needed}，磁盘只剩 {most}：请腾出空间，或减小图像尺寸。',
  ],
  'cache-write': [
    'The image cache cannot be written: check the permissions of the home folder.',
    '图像缓存无法写入：请检查主文件夹的权限。',
  ],
  'cache-write.full': [
    'The disk is full while writing the image cache in {folder}: free some space, or choose a smaller image size.',
    '写入 {folder} 中的图像缓存时磁盘已满：请腾出空间，或减小图像尺寸。',
  ],
  'cache-write.errno': [
    "The image cache in {folder} cannot be written ({errno}): check the folder's permissions, or choose another home.",
    '{folder} 中的图像缓存无法写入（{errno}）：请检查文件夹权限，或选择另一个主文件夹。',
  ],
  'cache-read': [
    'The image cache cannot be read: start again, and it is rebuilt.',
    '图像缓存无法读取：重新开始即可重建。',
  ],
  'cache-read.file': [
    'The image cache file {file} cannot be read ({detail}): start again, and it is rebuilt.',
    '图像缓存文件 {file} 无法读取（{detail}）：重新开始即可重建。',
  ],
  'cache-read.damaged': [
    'The copy of a photo in the image cache file {file} is damaged: start again, and it is made anew from the photo.',
    '图像缓存文件 {file} 中一张照片的副本已损坏：重新开始，即由照片重新生成。',
  ],
  'cache-read.photo': [
    'The copy of {photo} in the image cache is damaged, and the photo itself cannot take its place ({reason}): put the photo back as it was, or read the folder again.',
    '{photo} 在图像缓存中的副本已损坏，照片本身也无法代替（{reason}）：请把照片放回原样，或重新扫描文件夹。',
  ],
  'cache-read.unkept': [
    'The image cache has no room for a copy of {photo}, and the photo itself cannot be decoded again ({reason}): put it back as it was, or read the folder again.',
    '图像缓存没有空间保存 {photo} 的副本，照片本身也无法重新解码（{reason}）：请把照片放回原样，或重新扫描文件夹。',
  ],
  'cache-read.mended': [
    'The copy of {photo} in the image cache was damaged and has been made again from the photo: check the disk if that goes on.',
    '{photo} 在图像缓存中的副本已损坏，已由照片重新生成：若反复出现，请检查磁盘。',
  ],
  'cache-read.changed': ['it has changed since', '它此后有改动'],
  'cache-read.again': [
    'What is written into the image cache file {file} comes back damaged: check the disk and the memory of this machine.',
    '写入图像缓存文件 {file} 的内容读回时已损坏：请检查这台机器的磁盘与内存。',
  ],
  'image-workers': [
    'The process that decodes photos could not be started: run the self-test in Settings, or install again.',
    '解码照片的进程无法启动：请在“设置”中运行自检，或重新安装。',
  ],
  'image-workers.detail': [
    'The process that decodes photos could not be started ({detail}): run "lookalike doctor", or install the dependencies again.',
    '解码照片的进程无法启动（{detail}）：请在“设置”中运行自检，或重新安装。',
  ],
  'view-loader-failed': ['The views could not be computed: {message}.', '无法计算增强视图：{message}。'],
  'view-loader-failed.reason': [
    'the views could not be computed: {reason}',
    '无法计算增强视图：{reason}。请重新开始。',
  ],
});
