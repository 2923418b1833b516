/** Browsing by likeness: neighbours, doubles, the rest of a tag, the map. */
import { catalogue } from '../catalogue.ts';

export const exploreWords = catalogue({
  'explore.empty.title': ['No trained run yet', '还没有训练好的模型'],
  'explore.empty.text': [
    'Train a run first; then browse your photos by likeness here.',
    '先训练一次，然后在这里按相似浏览你的照片。',
  ],
  'explore.notEmbedded.title': [
    'These photos have not been embedded with this checkpoint',
    '这些照片还没有用此检查点嵌入',
  ],
  'explore.notEmbedded.text': [
    'The encoder looks at each photo once, which takes seconds to minutes. Then likeness is found at once.',
    '编码器会把每张照片看一遍，需要几秒到几分钟。之后便可立即找到相似照片。',
  ],
  'explore.gone.run': [
    'The run of this address is gone; another one is shown.',
    '此地址中的训练已不存在，现显示另一个。',
  ],
  'explore.gone.checkpoint': [
    'The checkpoint of this address is gone; the newest is shown.',
    '此地址中的检查点已不存在，现显示最新的。',
  ],
  'explore.gone.folder': [
    'The folder of this address is gone; the run’s own is shown.',
    '此地址中的文件夹已不存在，现显示训练所用的文件夹。',
  ],
  'explore.gone.photo': [
    'The photo of this address is not among these; all photos are shown.',
    '此地址中的照片不在其中，现显示全部照片。',
  ],
  'explore.gone.image': [
    'A photo that was dropped or pasted is not kept in an address; all photos are shown.',
    '拖入或粘贴的照片不会保存在地址中，现显示全部照片。',
  ],
  'explore.gone.beside': [
    'The epoch or run that this address compares with is gone.',
    '此地址中用于对比的轮次或训练已不存在。',
  ],
  'explore.gone.tag': [
    'The tag of this address is gone; another one is looked for.',
    '此地址中的标签已不存在，现查找另一个标签。',
  ],
  'explore.old': [
    'These are the likenesses of epoch {epoch}. The run has gone on since.',
    '这里是第 {epoch} 轮的相似关系，此后训练仍在继续。',
  ],
  'explore.since': [
    'Since these photos were embedded, {added} {added:photo is|photos are} new and {gone} {gone:is|are} gone or excluded.',
    '自这些照片嵌入以来，新增 {added} 张，已不在或被排除 {gone} 张。',
  ],
  'explore.sinceAdded': [
    {
      one: 'Since these photos were embedded, {count} photo is new.',
      other: 'Since these photos were embedded, {count} photos are new.',
    },
    '自这些照片嵌入以来，新增 {count} 张。',
  ],
  'explore.sinceGone': [
    {
      one: 'Since these photos were embedded, {count} photo is gone or excluded.',
      other: 'Since these photos were embedded, {count} photos are gone or excluded.',
    },
    '自这些照片嵌入以来，已不在或被排除 {count} 张。',
  ],
  'explore.embedAgain': ['Embed again', '重新嵌入'],
  'explore.embedNewest': ['Embed the newest', '嵌入最新的'],
  'explore.embed': ['Embed the photos', '嵌入照片'],
  'explore.folder': ['Folder', '文件夹'],
  'explore.ownFolder': ['The run’s own folder', '训练所用的文件夹'],
  'explore.queryImage': ['Query with a photo', '用照片查询'],
  'explore.dropHere': ['Drop the photo to find its like', '松开照片，寻找与它相似的'],
  'explore.pasted': ['Pasted photo', '粘贴的照片'],
  'explore.show': ['What to show', '显示内容'],
  'explore.all': ['All photos', '全部照片'],
  'explore.neighbours': ['Neighbours', '近邻'],
  'explore.selection': ['Selection ({count})', '选区（{count}）'],
  'explore.duplicates': ['Duplicates', '重复照片'],
  'explore.clusters': ['Clusters', '聚类'],
  'explore.outliers': ['Outliers', '离群'],
  'explore.find': ['Find the rest', '找出其余'],
  'explore.closer': ['Closer than', '接近程度'],
  'explore.closerHint': [
    'Take any two of these photos: 99.8 % means that 99.8 % of all such pairs are less alike than these two. The number before it is the rank: 1 is the nearest of all. Behind it, on hover, is the cosine of their features; what it is worth differs from encoder to encoder.',
    '从这些照片中任取两张：99.8% 表示所有这样的照片对中有 99.8% 不如这两张相似。前面的数字是名次，1 表示最接近。悬停可见特征的余弦，其含义因编码器而异。',
  ],
  'explore.closerThan': ['≥ {share} of all pairs', '≥ {share} 的照片对'],
  'explore.closerAll': ['all', '全部'],
  'explore.near': ['No. {rank} · {share}', '第 {rank} · {share}'],
  'explore.nearDetail': [
    'Number {rank} of {of} by likeness, closer than {share} of all pairs of these photos (cosine {cosine})',
    '相似度第 {rank} 位，共 {of} 张；比这些照片中 {share} 的照片对更接近（余弦 {cosine}）',
  ],
  'explore.outlierDetail': [
    'Number {rank} of {of} by how far its nearest are: they are closer to it than {share} of all pairs (mean cosine {cosine})',
    '离近邻最远的第 {rank} 位，共 {of} 张；其近邻比 {share} 的照片对更接近它（平均余弦 {cosine}）',
  ],
  'explore.took': [
    { one: '{count} photo in {ms} ms', other: '{count} photos in {ms} ms' },
    '{count} 张照片，用时 {ms} 毫秒',
  ],
  'explore.clusterCount': ['Show at most', '最多显示'],
  'explore.clusterCountHint': [
    'How many clusters there are is found from how the photos lie together. So many of the largest are shown.',
    '聚类的数量由照片之间的远近得出；这里只显示其中最大的这么多个。',
  ],
  'explore.cluster': [{ one: '{count} photo', other: '{count} photos' }, '{count} 张照片'],
  'explore.clusterNear': [
    'Neighbours within are closer than {share} of all pairs',
    '其中的近邻比 {share} 的照片对更接近',
  ],
  'explore.clusterDetail': ['Mean cosine of neighbours within it: {cosine}', '其中近邻的平均余弦：{cosine}'],
  'explore.clusterNumber': ['Cluster {number} · {facts}', '聚类 {number} · {facts}'],
  'explore.clusterNames': [
    'A cluster is named after the tag or label of most of its photos, with their share, where that is more common in it than elsewhere. Any other has a number.',
    '聚类以其中过半照片的标签或类别命名，并注明占比，条件是它在此聚类中比别处更常见。其余聚类只有编号。',
  ],
  'explore.clusterOf': ['{name} ({share}) · {facts}', '{name}（{share}）· {facts}'],
  'explore.selectGroup': ['Show on the map', '在地图上显示'],
  'explore.unlike': [
    'Unlike anything here: only {share} of these photos are as far from their nearest.',
    '与这里的照片都不相似：只有 {share} 的照片与最近邻同样遥远。',
  ],
  'explore.noGroups': ['No groups at this setting.', '此设置下没有分组。'],
  'explore.letGo': [
    {
      one: 'The photo that was chosen is not on this map, and is not chosen any more.',
      other: 'None of the {count} photos that were chosen is on this map: they are not chosen any more.',
    },
    '所选的 {count} 张照片都不在这张图上，已取消选择。',
  ],
  'explore.nothing': ['No photo is this similar. Move the slider to the left.', '没有照片如此相似。请把滑块向左移。'],
  'explore.map': ['Map', '地图'],
  'explore.layout': ['Layout', '布局'],
  'explore.pca': ['PCA', 'PCA'],
  'explore.pcaHint': [
    'PCA draws the two directions in which the photos differ most, at once. UMAP keeps neighbours together and takes a little longer; above 200,000 photos some stand for their nearest at first.',
    'PCA 立即画出照片差异最大的两个方向；UMAP 把近邻放在一起，需要稍等；超过 200,000 张照片时，先由部分照片代表其近邻。',
  ],
  'explore.umap': ['UMAP', 'UMAP'],
  'explore.colorBy': ['Colour of the points', '点的颜色'],
  'explore.byLabel': ['By label', '按类别'],
  'explore.byCluster': ['By cluster', '按聚类'],
  'explore.photos': ['Photos', '照片'],
  'explore.photo': ['Photo {index}', '照片 {index}'],
  'explore.details': ['Details of this photo', '这张照片的详情'],
  'explore.setOf': ['{run}, epoch {epoch}', '{run}，第 {epoch} 轮'],
  'explore.beside': ['Compare with', '对比'],
  'explore.besideNone': ['no other epoch or run', '不对比其他轮次或训练'],
  'explore.besideToEmbed': ['To be embedded first', '需先嵌入'],
  'explore.besideBoth': ['{both} of these {count} on both sides', '这 {count} 张中有 {both} 张两侧都有'],
  'explore.besideAlso': ['{detail}; also on the other side', '{detail}；另一侧也有'],
  'explore.trail': ['The way here', '走过的路'],
  'explore.trailStep': ['Back to step {index}: {name}', '回到第 {index} 步：{name}'],

  'explore.found': [{ one: '{count} photo found', other: '{count} photos found' }, '找到 {count} 张照片'],

  'find.tag': ['More photos of', '更多属于'],
  'find.acceptAll': ['All {count} belong', '全部 {count} 张都属于'],
  'find.share': ['{tagged} of probably {total} found ({share})', '已找到 {tagged} 张，估计共 {total} 张（{share}）'],
  'find.between': [
    '{tagged} found, of between {least} and {most} probably',
    '已找到 {tagged} 张，估计共 {least} 到 {most} 张',
  ],
  'find.unknown': [
    '{tagged} found. How many are left, their scores do not tell: go on for as long as candidates belong.',
    '已找到 {tagged} 张。还剩多少张无法从得分看出：只要候选仍属于，就请继续。',
  ],
  'find.tooFew': [
    '{tagged} found. Once five are rejected you see how many there probably are.',
    '已找到 {tagged} 张。有五张不属于时，会估计总数。',
  ],
  'find.noneLeft': ['{tagged} found, and no photo is left to ask about.', '已找到 {tagged} 张，没有照片可再询问。'],
  'find.none': [
    'Choose a few photos and tag them: then the rest of the tag is looked for here.',
    '先选几张照片并加上标签，然后在这里找出其余的。',
  ],
  'find.hard': [
    'This encoder hardly tells these photos apart from the others: expect many wrong candidates. More examples may help, or another run.',
    '此编码器难以区分这些照片与其他照片：候选中会有许多错误。可以多给些例子，或换一个训练。',
  ],
  'find.candidates': ['Photos that probably belong', '可能属于的照片'],
  'find.yes': ['{name} belongs', '{name} 属于'],
  'find.yesHint': ['It belongs; with Shift, it and all before it', '属于；按住 Shift 则连同它之前的全部'],
  'find.noHint': ['It does not belong; with Shift, all before it do', '不属于；按住 Shift 则它之前的全部都属于'],
  'find.how': [
    '✓ and ✕ answer for one. With Shift, ✓ also for all before it, and ✕ says that it is the first that does not belong. By keyboard: y, n, Shift+y, Shift+n.',
    '✓ 和 ✕ 只回答一张。按住 Shift：✓ 连同之前的全部；✕ 表示它是第一张不属于的。键盘：y、n、Shift+y、Shift+n。',
  ],
  'find.undo': ['Take back the last answer', '撤回上次回答'],
  'find.missed': [
    'Of the last {asked} {asked:photo|photos} that you answered {right} belonged. Either nearly all are found, or this encoder does not tell the others apart: then each further one costs about an answer, and a longer training may do better.',
    '最近回答的 {asked} 张照片中有 {right} 张属于。要么几乎全已找到，要么此编码器无法区分其余的：那样每多找一张大约要回答一次，更长的训练可能更好。',
  ],
  'find.no': ['{name} does not belong', '{name} 不属于'],

  'map.label': [
    'Map of {count} {count:photo|photos}. Drag moves, the wheel zooms, a click opens a photo, Ctrl and a click choose it. By keyboard: arrows, plus, minus, 0, Ctrl+A for all. The photos are also in the grid.',
    '{count} 张照片的地图。拖动平移，滚轮缩放，点击打开照片，按住 Ctrl 点击选择。键盘：方向键、加号、减号、0，Ctrl+A 全选。照片也在网格中。',
  ],
  'map.lasso': [
    'Lasso: draw around photos to select them; with Ctrl, beside those that are selected',
    '套索：圈住照片以选择；按住 Ctrl 则加入已选',
  ],
  'map.zoomIn': ['Zoom in', '放大'],
  'map.zoomOut': ['Zoom out', '缩小'],
  'map.all': ['Show all', '全部显示'],
  'map.unavailable': [
    'The map needs WebGL 2, which is not available here. The grid shows the same photos.',
    '地图需要 WebGL 2，此处不可用。网格显示同样的照片。',
  ],
});
