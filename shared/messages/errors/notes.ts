/** What a person should know of photos that are used, and of the values in a folder. */
import { catalogue } from '../catalogue.ts';

export const noteErrors = catalogue({
  note: ['It is used, but not all of it.', '已使用，但并非全部。'],
  'note.pages': ['{count} more {count:page is|pages are} not used.', '另有 {count} 页未使用。'],
  'note.frames': [
    'It is an animation: {count} more {count:picture is|pictures are} not used.',
    '这是动画：另有 {count} 幅画面未使用。',
  ],
  'note.pictures': [
    'It holds several pictures: {count} beside the one that it opens with {count:is|are} not used.',
    '其中有多幅图像：除打开时显示的一幅外，另有 {count} 幅未使用。',
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
    '几乎全黑：{percent}% 在最暗的十分之一。',
  ],
  'note.nearly-white': [
    'It is nearly all white: {percent} % of it is in the brightest tenth.',
    '几乎全白：{percent}% 在最亮的十分之一。',
  ],
  'note.transparent': ['It is transparent everywhere: the colours beneath are used.', '图像完全透明：使用其下的颜色。'],
  'note.constant': ['All of its values are the same.', '所有值都相同。'],
  'note.overview': [
    'It has {width} × {height} pixels: a smaller copy in the file is used.',
    '有 {width} × {height} 像素：使用文件中较小的副本。',
  ],

  'note.passed': [
    'The folder also has {list}, which are passed over: they are no photos.',
    '文件夹中还有 {list}，它们不是照片，已略过。',
  ],
  'note.passed.and': ['{one}, {rest}', '{one}、{rest}'],
  'note.passed.video': ['{count} {count:video|videos}', '{count} 个视频'],
  'note.passed.sound': ['{count} {count:sound file|sound files}', '{count} 个音频文件'],
  'note.passed.document': ['{count} {count:document|documents}', '{count} 个文档'],
  'note.passed.drawing': ['{count} {count:drawing|drawings}', '{count} 个矢量图'],
  'note.passed.archive': ['{count} {count:archive|archives}', '{count} 个压缩包'],
  'note.passed.data': ['{count} {count:data file|data files}', '{count} 个数据文件'],
  'note.passed.gdal': [
    '{count} {count:file|files} of GDAL beside pictures (.ovr, .msk, .aux.xml; a mask or nodata counts inside the TIFF alone)',
    '{count} 个 GDAL 附属文件（.ovr、.msk、.aux.xml；掩膜与无数据值只有写在 TIFF 内才起作用）',
  ],

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
    '有文件（{kind}）大部分为空：只有 {percent}% 是测量值。',
  ],
  'note.few-values': [
    'The files ({kind}) hold only {count} different {count:value|values}: they look like masks, not photos.',
    '文件（{kind}）只有 {count} 种不同的值：看来是掩膜，不是照片。',
  ],
  'note.dark': [
    'The values ({kind}) are nearly all black as they are shown: {percent} % are in the lowest tenth.',
    '数值（{kind}）几乎都显示为黑：{percent}% 在最低的十分之一。',
  ],
  'note.bright': [
    'The values ({kind}) are nearly all white as they are shown: {percent} % are in the highest tenth.',
    '数值（{kind}）几乎都显示为白：{percent}% 在最高的十分之一。',
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
});
