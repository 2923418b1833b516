/** The chosen photos and what is done with them: the bar, tags, copies and lists. */
import { catalogue } from '../catalogue.ts';

export const chosenWords = catalogue({
  'select.bar': ['What to do with the chosen photos', '对所选照片的操作'],
  'select.on': ['{name} was chosen.', '已选择 {name}。'],
  'select.off': ['{name} was left out.', '已取消选择 {name}。'],
  'select.tagged': [
    { one: '{count} photo was tagged “{name}”.', other: '{count} photos were tagged “{name}”.' },
    { one: '{count} 张照片已加上标签“{name}”。', other: '{count} 张照片已加上标签“{name}”。' },
  ],
  'select.untagged': [
    { one: 'The tag “{name}” was taken from {count} photo.', other: 'The tag “{name}” was taken from {count} photos.' },
    { one: '已从 {count} 张照片去掉标签“{name}”。', other: '已从 {count} 张照片去掉标签“{name}”。' },
  ],
  'select.onMap': ['Show on the map', '在地图上显示'],
  'select.collect': ['Open as a collection', '作为集合打开'],
  'select.embeddings': ['Export embeddings…', '导出嵌入向量…'],
  'select.copyPaths': ['Copy paths', '复制路径'],
  'select.saveCsv': ['Save list (CSV)', '保存列表（CSV）'],
  'select.saveJson': ['Save list (JSON)', '保存列表（JSON）'],
  'select.copyFiles': ['Copy files to…', '复制文件到…'],
  'select.byTag': ['into a folder for each tag', '按标签分文件夹'],
  'select.saveList': ['Save list', '保存列表'],
  'select.csv': ['CSV', 'CSV'],
  'select.json': ['JSON', 'JSON'],
  'select.letGo': [
    {
      one: 'The photo that was chosen is of another folder, and is not chosen any more.',
      other: 'The {count} photos that were chosen are of another folder: they are not chosen any more.',
    },
    '所选的 {count} 张照片属于另一个文件夹，已取消选择。',
  ],
  'select.gone': [
    {
      one: '{count} chosen photo is no longer in the library, and is not chosen any more.',
      other: '{count} chosen photos are no longer in the library: they are not chosen any more.',
    },
    '所选照片中有 {count} 张已不在照片库中，已取消选择。',
  ],
  'select.notKept': [
    {
      one: 'The browser had no room to keep the chosen photo over the reload. Choose it again.',
      other: 'The browser had no room to keep the {count} chosen photos over the reload. Choose them again.',
    },
    '浏览器存储空间不足，重新加载后未能保留所选的 {count} 张照片，请重新选择。',
  ],
  'select.copied': [
    { one: '{count} photo was copied to {folder}.', other: '{count} photos were copied to {folder}.' },
    { one: '{count} 张照片已复制到 {folder}。', other: '{count} 张照片已复制到 {folder}。' },
  ],
  'select.copiedInto': ['Photos were copied to {folder}.', '照片已复制到 {folder}。'],
  'select.copiedFiles': [
    {
      one: '{count} photo was copied to {folder}, as {files} {files:file|files}.',
      other: '{count} photos were copied to {folder}, as {files} {files:file|files}.',
    },
    '{count} 张照片已复制到 {folder}，共 {files} 个文件。',
  ],

  'tags.tag': ['Tag', '标签'],
  'tags.new': ['New tag', '新标签'],
  'tags.add': ['Add', '添加'],
  'tags.edit': ['Change tags', '修改标签'],
  'tags.color': ['Colour of {name}', '{name} 的颜色'],
  'tags.rename': ['Name of {name}; that of another tag merges the two', '{name} 的名称；与另一标签同名则合并'],
  'tags.key': ['Key of {name}', '{name} 的按键'],
  'tags.delete': ['Delete the tag {name}', '删除标签 {name}'],
  'tags.deleteTitle': ['Delete the tag “{name}”?', '删除标签“{name}”？'],
  'tags.deleteText': [
    {
      one: 'It is taken from {count} photo of all folders, which stays as it is. It can be undone for a moment.',
      other: 'It is taken from {count} photos of all folders, which stay as they are. It can be undone for a moment.',
    },
    {
      one: '将从所有文件夹的 {count} 张照片去掉此标签，照片不变。片刻之内可以撤销。',
      other: '将从所有文件夹的 {count} 张照片去掉此标签，照片不变。片刻之内可以撤销。',
    },
  ],
  'tags.merged': ['The tag “{name}” was merged into “{into}”.', '标签“{name}”已合并到“{into}”。'],
  'tags.renamed': ['The tag “{name}” is now called “{to}”.', '标签“{name}”已改名为“{to}”。'],
  'tags.deleted': ['The tag “{name}” was deleted.', '标签“{name}”已删除。'],
  'tags.csv': ['Tags as CSV', '标签的 CSV'],
  'tags.csvText': [
    'One line for each photo and tag, like “lake/0412.jpg,heron”. File names are matched as in a CSV of labels; tags that do not exist yet are created.',
    '每行一张照片和一个标签，例如 “lake/0412.jpg,heron”。文件名的对应方式与上方“来自 CSV 文件”相同；尚不存在的标签会新建。',
  ],
  'tags.csvAdd': ['Add tags from a CSV…', '从 CSV 添加标签…'],
  'tags.csvSave': ['Save tags (CSV)', '保存标签（CSV）'],
  'tags.imported': [
    {
      one: '{count} tag was set by {rows} {rows:line|lines} of the CSV.',
      other: '{count} tags were set by {rows} {rows:line|lines} of the CSV.',
    },
    '已按 CSV 的 {rows} 行在照片上设置标签，共 {count} 处。',
  ],
  'tags.filter': ['Tag', '标签'],
  'tags.all': ['All tags', '所有标签'],
});
