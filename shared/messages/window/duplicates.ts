/** Photos that are one file, one picture or much alike. */
import { catalogue } from '../catalogue.ts';

export const duplicateWords = catalogue({
  'duplicates.start.title': ['Look for duplicates', '查找重复照片'],
  'duplicates.start.text': [
    'Finds copies of a file, copies of a picture (made smaller, brighter, turned, cut a little) and moments of one scene. Each pair is compared pixel by pixel.',
    '找出同一文件的副本、同一画面的副本（缩小、调亮、旋转、略微裁剪）以及同一场景的不同瞬间。每一对都逐像素比较。',
  ],
  'duplicates.find': ['Look for duplicates', '查找重复照片'],
  'duplicates.again': ['Look again', '重新查找'],
  'duplicates.group': [
    '{name} and what is like it, {count} {count:photo|photos}',
    '{name} 及其相同或相似的照片，共 {count} 张',
  ],
  'duplicates.taken': ['taken {time}', '拍摄于 {time}'],
  'duplicates.kinds': ['Kind of duplicate', '重复的类别'],
  'duplicates.file': ['Same file', '同一文件'],
  'duplicates.picture': ['Same picture', '同一画面'],
  'duplicates.alike': ['Look-alikes', '相像的照片'],
  'duplicates.fileText': ['The same bytes under several names.', '内容完全相同、名称不同的文件。'],
  'duplicates.pictureText': [
    'Copies made smaller or brighter, compressed again, turned or cut a little.',
    '缩小、调亮、重新压缩、旋转或略微裁剪得到的副本。',
  ],
  'duplicates.alikeText': [
    'Not copies: moments of one scene, such as a burst.',
    '不是副本：同一场景的不同瞬间，例如连拍。',
  ],
  'duplicates.unseen': [
    {
      one: '{count} photo is new or changed since: look again.',
      other: '{count} photos are new or changed since: look again.',
    },
    '此后有 {count} 张照片新增或更改：请重新查找。',
  ],
  'duplicates.missed': [
    {
      one: '{count} pair was not compared, as the computer was too busy: look again.',
      other: '{count} pairs were not compared, as the computer was too busy: look again.',
    },
    '计算机过于繁忙，有 {count} 对照片未比较：请重新查找。',
  ],
  'duplicates.excludedText': [
    'Files stay where they are: what is excluded is only left out of training.',
    '文件保持原样：被排除的照片只是不参与训练。',
  ],
  'duplicates.keepThis': ['Keep', '保留'],
  'duplicates.keepNamed': ['Keep {name}', '保留 {name}'],
  'duplicates.keepOne': ['Keep one at least', '至少保留一张'],
  'duplicates.excludeOthers': [
    { one: 'Exclude the other one', other: 'Exclude the other {count}' },
    '排除其余 {count} 张',
  ],
  'duplicates.keep.tags': ['Suggested: it has tags', '建议保留：带有标签'],
  'duplicates.keep.pixels': ['Suggested: most pixels', '建议保留：像素最多'],
  'duplicates.keep.bytes': ['Suggested: least compressed', '建议保留：压缩最少'],
  'duplicates.keep.oldest': ['Suggested: the oldest', '建议保留：最早'],
  'duplicates.keep.name': ['Suggested: the shortest name', '建议保留：名称最短'],
});
