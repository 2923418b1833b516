/** The first page. */
import { catalogue } from '../catalogue.ts';

export const welcomeWords = catalogue({
  'welcome.title': ['An eye of your own, trained on your photos', '用你的照片，训练属于你的眼睛'],
  'welcome.lead': [
    'Lookalike teaches a network to see what your photos have in common: no labels, no cloud. Then browse by likeness, find doubles, and take the encoder with you.',
    'Lookalike 让一个网络学会看出你的照片有什么相同之处：不需要标签，也不需要云端。然后按相似浏览、找出重复，并把编码器带走。',
  ],
  'welcome.addFolder': ['Add a folder of photos', '添加照片文件夹'],
  'welcome.trySample': ['Try with sample photos', '用示例照片试试'],
  'welcome.rendering': ['Rendering the samples…', '正在生成示例…'],
  'welcome.drop': ['You can also drop a folder anywhere in this window.', '也可以把文件夹拖到窗口任意位置。'],
  'welcome.privacy': [
    'Nothing leaves this computer, and your folders are only ever read.',
    '一切都留在这台电脑上，你的文件夹只会被读取。',
  ],
  'welcome.step.add.title': ['Add photos', '添加照片'],
  'welcome.step.add.text': [
    'Any folder, labelled or not. JPEG, PNG, HEIC, RAW and more are read where they lie.',
    '任何文件夹，有无标签均可。JPEG、PNG、HEIC、RAW 等格式就地读取。',
  ],
  'welcome.step.train.title': ['Train', '训练'],
  'welcome.step.train.text': [
    'Say how many minutes you have. You are told at once if it goes wrong, and what to change.',
    '说出你有多少分钟。一旦出问题会立刻告诉你，以及该改什么。',
  ],
  'welcome.step.explore.title': ['Explore and export', '浏览与导出'],
  'welcome.step.explore.text': [
    'Click from likeness to likeness, measure, and export to ONNX, PyTorch and others.',
    '从相似点到相似，度量效果，并导出到 ONNX、PyTorch 等。',
  ],
  'welcome.toLibrary': [
    { one: 'Library ({count} folder)', other: 'Library ({count} folders)' },
    '照片库（{count} 个文件夹）',
  ],
  'welcome.toRuns': [{ one: 'Runs ({count})', other: 'Runs ({count})' }, '训练记录（{count}）'],
  'welcome.how': ['How does it work?', '它是怎样工作的？'],
  'welcome.returning': ['Where you left off', '上次离开的地方'],
  'welcome.resumeOne': ['Resume {name}', '继续 {name}'],
  'welcome.recentRuns': ['Results of late', '最近的结果'],
  'welcome.recentFolders': ['Folders', '文件夹'],
});
