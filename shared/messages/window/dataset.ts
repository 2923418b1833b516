/** What the files of a folder are made into: shown values, tiles and pages, labels, groups, the held-out part. */
import { catalogue } from '../catalogue.ts';

export const datasetWords = catalogue({
  'library.labels': ['Labels', '类别'],
  'library.labelsText': [
    'Labels are never used for training. With them the monitor can show an accuracy, and Evaluate can measure.',
    '训练从不使用类别。有了类别，监视页可显示准确率，评估页可作度量。',
  ],
  'library.labels.folders': ['From subfolders', '来自子文件夹'],
  'library.labels.csv': ['From a CSV file', '来自 CSV 文件'],
  'library.labels.tags': ['From tags', '来自标签'],
  'library.labels.none': ['None', '无'],
  'library.depth': ['Folder level', '文件夹层级'],
  'library.depthHint': [
    'Which level of subfolders names the label: 1 is directly inside the folder.',
    '以哪一级子文件夹的名称作类别：1 表示直接位于该文件夹内。',
  ],
  'library.measured': ['Measured values', '测量值'],
  'library.measuredText': [
    'Files of this folder hold measured values (16 bits, floating point) rather than colours. What is trained on is the picture that is made of them: from black to white over the shaded part.',
    '此文件夹的文件存的是测量值（16 位、浮点），不是颜色。训练所见的是由它们生成的图像：阴影部分从黑到白。',
  ],
  'library.measured.folder': ['One range for all', '全部用同一范围'],
  'library.measured.file': ['Each file its own', '各用自己的范围'],
  'library.measured.fixed': ['From … to …', '从 … 到 …'],
  'library.measured.photo': ['Whole type', '类型的全部范围'],
  'library.measured.files': [
    { one: '{count} file looked at', other: '{count} files looked at' },
    '查看了 {count} 个文件',
  ],
  'library.measured.shown': ['black {low}, white {high}', '黑 {low}，白 {high}'],
  'library.measured.own': ['each file by its own range', '每个文件用自己的范围'],
  'library.measured.whole': ['black and white are the ends of the type', '黑与白是该类型的两端'],
  'library.measured.again': ['Measure again', '重新测量'],
  'library.measured.trained': ['Trained on', '训练所用'],
  'library.measured.colour': ['Colours', '彩色'],
  'library.measured.grey': ['Grey', '灰度'],
  'library.measured.bands': [
    { one: '{count} band as it is', other: '{count} bands as they are' },
    '{count} 个波段，保持原样',
  ],
  'library.measured.examples': ['Some files before and after', '部分文件的前后对比'],
  'library.measured.before': ['{file} by the whole range of its type', '{file}：按类型的全部范围'],
  'library.measured.after': ['{file} as it is shown', '{file}：按规则显示'],
  'library.measured.sides': [
    'Of each pair the left is by the whole range of its type, the right as it is shown and trained on.',
    '每一对中，左边按类型的全部范围，右边是显示和训练所用的样子。',
  ],
  'library.measured.low': ['Black', '黑'],
  'library.measured.high': ['White', '白'],
  'library.measured.histogram': ['Values of {kind}, from {least} to {most}', '{kind} 的数值，从 {least} 到 {most}'],
  'library.tiles': ['Tiles and pages', '图块与页'],
  'library.tilesText': [
    'Of mosaics, slides and panoramas each tile can be a photo of its own, with its place in the image. Images of no more than one and a half tiles stay whole. Labels and the held-out part stay with the file.',
    '拼接图、切片和全景图的每个图块可各为一张照片，并记着它在图中的位置。不超过一个半图块的图像保持完整。类别与留出部分随文件而定。',
  ],
  'library.tiles.none': ['Whole', '不切'],
  'library.tiles.side': ['{side} px', '{side} 像素'],
  'library.tiles.overlap': ['Overlap', '重叠'],
  'library.tiles.overlapHint': [
    'Tiles share so many pixels with their neighbours, so that what lies on a cut is whole in one of them.',
    '图块与相邻图块共有的像素数，使落在切线上的东西在其中一块里完整。',
  ],
  'library.tiles.rule': [
    'Left out are tiles of which at least 95 % is of one tone (within 4 of 255 levels), as background, sky or missing data are.',
    '略去至少 95% 为同一色调（相差不超过 255 级中的 4 级）的图块，例如背景、天空或缺失数据。',
  ],
  'library.tiles.pages': ['Each page of a stack is a photo of its own', '多页文件的每一页各为一张照片'],
  'library.tiles.divided': [
    {
      one: '{count} file is cut up; {empty} of its tiles {empty:is|are} left out.',
      other: '{count} files are cut up; {empty} of their tiles {empty:is|are} left out.',
    },
    '已切开 {count} 个文件；略去 {empty} 个图块。',
  ],
  'library.tiles.propose': [
    {
      one: '{count} image is so large that its details are lost when it is looked at whole. As tiles, each part of it is a photo.',
      other:
        '{count} images are so large that their details are lost when they are looked at whole. As tiles, each part of them is a photo.',
    },
    '{count} 张图像过大，整张来看会丢失细节。切成图块后，每一部分各为一张照片。',
  ],
  'library.tiles.cut': ['Cut into tiles of {side} px', '切成 {side} 像素的图块'],
  'library.csvHint': [
    'The CSV file has a line for each photo: its path inside the folder (or its name, where that is unique) and its label, as “cats/tom.jpg,cat”. A first line may name the columns file and label; comma, semicolon or tab separate them.',
    'CSV 文件每行一张照片：它在文件夹中的路径（名称唯一时也可以只写名称）和类别，例如 “cats/tom.jpg,cat”。首行可以写列名 file 和 label；以逗号、分号或制表符分隔。',
  ],
  'library.csvColumns': ['Columns of {name}', '{name} 的列'],
  'library.csvColumn.file': ['File', '文件'],
  'library.csvColumn.label': ['Label', '类别'],
  'library.csvColumn.group': ['Group', '分组'],
  'library.csvColumn.split': ['Split', '划分'],
  'library.csvColumnNone': ['none', '无'],
  'library.csvHeader': ['The first line names the columns', '首行是列名'],
  'library.csvTake': ['Use this CSV', '使用此 CSV'],
  'library.csvGrouped': [
    { one: '{count} photo is in a group.', other: '{count} photos are in a group.' },
    '{count} 张属于某个分组。',
  ],
  'library.csvTest': [
    { one: '{count} is held out by the split.', other: '{count} are held out by the split.' },
    '按划分留出 {count} 张。',
  ],
  'library.csvJoin': ['; ', '；'],
  'library.csvHow.name': ['{count} by their name alone', '{count} 张仅凭名称'],
  'library.csvHow.absolute': ['{count} by a longer path', '{count} 张凭更长的路径'],
  'library.csvHow.case': ['{count} in other case', '{count} 张大小写不同'],
  'library.csvHow.ending': ['{count} without the ending', '{count} 张缺扩展名'],
  'library.csvMatched': [
    '{labelled} {labelled:photo has|photos have} a label from {rows} {rows:line|lines}.',
    '{rows} 行中的类别对应了 {labelled} 张照片。',
  ],
  'library.csvWithoutPhoto': [
    { one: '{count} line names no photo of this folder', other: '{count} lines name no photo of this folder' },
    { one: '{count} 行没有对应的照片', other: '{count} 行没有对应的照片' },
  ],
  'library.csvContradicted': [
    {
      one: '{count} photo has lines that say different things: the last counts',
      other: '{count} photos have lines that say different things: the last counts',
    },
    { one: '{count} 张照片有内容不同的多行：以最后一行为准', other: '{count} 张照片有内容不同的多行：以最后一行为准' },
  ],
  'library.csvWithoutRow': [
    { one: '{count} photo has no line', other: '{count} photos have no line' },
    { one: '{count} 张照片没有对应的行', other: '{count} 张照片没有对应的行' },
  ],
  'library.groups': ['Belonging together', '同组照片'],
  'library.groupsText': [
    'Photos of one well, site, patient or film are alike for other reasons than their class. A group is held out whole or not at all, and none of it votes for another of it. The tiles and pages of one file belong together anyway.',
    '同一孔位、地点、病人或影片的照片相像，另有类别以外的原因。一组照片要么全部留出，要么都不留出，且同组之间不互相投票。同一文件的图块与页面总是同组。',
  ],
  'library.groupBy': ['By', '依据'],
  'library.groupBy.none': ['nothing', '不分组'],
  'library.groupBy.bursts': ['bursts (time and camera)', '连拍（时间与相机）'],
  'library.groupBy.names': ['numbered names', '带编号的文件名'],
  'library.groupBy.pattern': ['a pattern', '模式'],
  'library.groupBy.csv': ['a column of the CSV', 'CSV 的一列'],
  'library.groupPattern': ['Pattern', '模式'],
  'library.groupPatternHint': [
    '{part} stands for what photos of one group share, * for anything within a name, ** for any folders; between slashes it is a regular expression whose parentheses count.',
    '{part} 表示同组照片共有的部分，* 为名称中的任意内容，** 为任意文件夹；写在两条斜线之间则是正则表达式，以括号内容为准。',
  ],
  'library.groupExample': ['such as {example}', '例如 {example}'],
  'library.groupCounts': [
    {
      one: '{count} group, of {photos} {photos:photo|photos}; the largest has {largest}.',
      other: '{count} groups, of {photos} {photos:photo|photos}; the largest has {largest}.',
    },
    '{count} 组，共 {photos} 张照片；最大的一组有 {largest} 张。',
  ],
  'library.groupNone': ['No two photos are of one group.', '没有任何两张照片同组。'],
  'library.groupMost': [
    'More than half of the photos are of one group: it cannot be divided into training and test.',
    '超过一半的照片同属一组：无法分成训练与测试。',
  ],
  'library.splitFolders': [
    'Folders named train, val and test are a split, not classes',
    '名为 train、val、test 的文件夹是划分，而不是类别',
  ],
  'library.heldOut': ['Held out', '留出'],
  'library.heldOutHint': [
    'This share of the photos is kept away from training and used to measure. The same photos each time.',
    '这一部分照片不参与训练，用于度量；每次都是同样的照片。',
  ],
  'library.heldOutBySplit': ['by the split of the folder or the CSV', '按文件夹或 CSV 的划分'],
  'library.heldOutCount': [
    { one: '{percent}, {count} photo', other: '{percent}, {count} photos' },
    '{percent}，{count} 张照片',
  ],
});
