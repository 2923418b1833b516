/** What the application and the connection to it refuse: calls, and what is not there, not yet or no more. */
import { catalogue } from '../catalogue.ts';

export const applicationErrors = catalogue({
  internal: [
    'Something inside Lookalike is wrong: {message}. Try again; where it stays, report it with the doctor’s text from Settings.',
    'Lookalike 内部出错：{message}。请重试；若仍出现，请连同“设置”中的体检报告一起反馈。',
  ],
  disconnected: ['the application is gone: open it again', '应用程序已断开：请重新打开。'],
  'disconnected.unsent': [
    'nobody answered, so this was not done: do it again when Lookalike is back',
    '没有得到回应，因此这一步没有执行：请在 Lookalike 恢复后再试。',
  ],
  cancelled: ['cancelled', '已取消。'],
  'cancelled.query': ['the query was given up: ask again', '查询被放弃：请再试一次。'],
  'cancelled.search': ['the search was cancelled', '搜索已取消。'],
  'cancelled.view': ['the view was cancelled', '已取消。'],
  'cancelled.what': ['{what} was cancelled', '已取消：{what}。'],
  'not-found': ['This is no longer there: it may have been deleted.', '它已不存在：可能已被删除。'],
  'not-found.skipped': ['there is no skipped file {file}', '跳过的文件中没有 {file}：请重新扫描文件夹。'],
  'not-found.undo': ['the run is gone: the time to undo is over', '训练已删除：撤销的时限已过。'],
  'not-found.gone': ['there is no {what} {id}: it may have been deleted', '它已不存在，可能已被删除（{id}）。'],
  'not-found.folder': [
    'the folder {folder} was taken out of the library: add it again',
    '文件夹 {folder} 已从照片库中移除：请重新添加它。',
  ],
  'not-found.tag': ['this tag is no longer there: it was deleted or merged', '这个标签已不存在：它已被删除或合并。'],
  'bad-request': ['This cannot be done: {message}.', '无法完成：{message}。'],
  'bad-request.call': ['there is no call {call}', '应用程序不认识 {call}：请重新载入窗口。'],
  'bad-request.csv-text': [
    'labels from a CSV need the text of the file: choose one with the columns file and label',
    '用 CSV 作类别需要文件的内容：请选择含有 file 与 label 两列的文件。',
  ],
  'bad-request.csv-names': [
    'none of the {count} {count:file|files} the CSV names is in the folder: write paths as they are inside the folder, for example {file}',
    'CSV 列出的 {count} 个文件都不在文件夹里：请写文件夹内的相对路径，例如 {file}。',
  ],
  'bad-request.tag-name': [
    'there is a tag named {name} already: choose another name, or merge the two',
    '已经有名为 {name} 的标签：请换一个名称，或将两者合并。',
  ],
  'bad-folder.missing-photo': [
    'the photo {file} is no longer there: scan its folder again',
    '照片 {file} 已不存在：请重新扫描其文件夹。',
  ],
  'bad-folder.closed-photo': [
    'the photo {file} cannot be read ({errno}): check its permissions and its disk, or leave it out',
    '无法读取照片 {file}（{errno}）：请检查其权限和所在的磁盘，或取消选择它。',
  ],
  'no-images.copy': [
    'none of these photos is in the library any more: choose others',
    '这些照片都已不在照片库中：请另选照片。',
  ],
  'bad-request.collection': [
    '{name} holds photos of {folder}: labels, held-out photos and how files are read are set there',
    '{name} 中是 {folder} 的照片：类别、留出照片和文件读取方式请在该文件夹中设置。',
  ],
  'bad-request.several-folders': [
    'these photos lie in several folders ({folders}): choose those of one folder',
    '这些照片位于多个文件夹（{folders}）：请选择同一文件夹中的照片。',
  ],
  'no-images.collection': [
    'none of these photos is in the library any more: choose others for the collection',
    '这些照片都已不在照片库中：请为集合另选照片。',
  ],
  'no-images.export': [
    'none of these photos can be embedded: take back the exclusion of some, or choose others',
    '这些照片都无法嵌入：请取消对部分照片的排除，或另选照片。',
  ],
  'no-images.tag': [
    'no photo of this folder has the tag {name}: tag some first',
    '该文件夹中没有照片带有标签 {name}：请先标记一些照片。',
  ],
  'bad-request.group-pattern': [
    'the pattern {pattern} names no part of a path: write {part} where the well, site or patient stands',
    '模式 {pattern} 没有指明路径中的哪一部分：请在孔位、地点或病人所在处写上 {part}。',
  ],
  'bad-request.group-expression': [
    'the expression {pattern} is no regular expression with a part in parentheses: write it as in {example}',
    '{pattern} 不是含有括号部分的正则表达式：请按 {example} 的样子书写。',
  ],
  'bad-request.group-slow': [
    'the pattern {pattern} takes too long on these names: leave out repeated parts that can mean the same',
    '模式 {pattern} 在这些文件名上耗时过长：请去掉含义重叠的重复部分。',
  ],
  'bad-request.csv-empty': [
    'the CSV file is empty: give it a line per photo, file,label',
    'CSV 文件是空的：每张照片写一行 file,label。',
  ],
  'bad-request.csv-line': [
    'line {line} of the CSV file has no label: write file,label on each line',
    'CSV 文件第 {line} 行没有类别：每行写 file,label。',
  ],
  'bad-request.tiles': [
    'tiles of {tiles} {tiles:pixel|pixels} that overlap by {overlap}: make tiles of at least {least} {least:pixel|pixels}, with an overlap of at most half of that',
    '图块 {tiles} 像素，重叠 {overlap} 像素：图块至少 {least} 像素，重叠最多为其一半。',
  ],
  'bad-request.range': [
    'black, {low}, is not below white, {high}: lower the one or raise the other first',
    '黑 {low} 不小于白 {high}：请先调小前者或调大后者。',
  ],
  'bad-request.range-open': ['a fixed range goes from black to white: give both', '固定范围从黑到白：请两者都给出。'],
  'bad-request.too-many': [
    'at most {most} can be given at a time: choose fewer',
    '一次最多可给出 {most} 个：请少选一些。',
  ],
  'bad-request.too-long': [
    'the text has more than the {most} {most:character|characters} that are taken: shorten it',
    '文字超过可接受的 {most} 个字符：请缩短。',
  ],
  'bad-request.too-great': [
    '{path} is at most {most}: give a smaller number',
    '{path} 最大为 {most}：请给出更小的数。',
  ],
  'bad-request.too-small': [
    '{path} is at least {least}: give a larger number',
    '{path} 最小为 {least}：请给出更大的数。',
  ],
  'bad-request.parameters': [
    '{call}: {path}: {detail}',
    '调用 {call} 的参数 {path} 不能使用（{detail}）：请重新载入窗口。',
  ],
  'not-available': ['This is not available now: {message}.', '现在还不能这样做：{message}。'],
  'not-available.closing': ['Lookalike is closing', 'Lookalike 正在关闭：请重新打开它。'],
  'not-available.no-checkpoint': [
    'run {name} has no checkpoint yet: let it train for a while',
    '训练“{name}”还没有检查点：让它再训练一会儿。',
  ],
  'not-available.thinned': [
    'the checkpoint was thinned out a moment ago: choose a later one',
    '这个检查点刚刚被精简掉：请选择更晚的一个。',
  ],
  'not-available.checkpoint-away': [
    'the checkpoint {file} is not in runs/{id}/checkpoints of the home any more: put it back, or choose another one',
    '检查点 {file} 已不在主文件夹的 runs/{id}/checkpoints 中：请把它放回，或选择另一个。',
  ],
  'not-available.checkpoint-closed': [
    'the checkpoint {path} cannot be opened ({errno}): check its permissions and its disk',
    '无法打开检查点 {path}（{errno}）：请检查其权限和所在的磁盘。',
  ],
  'not-available.moved-on': [
    '{name} is back already, or was moved elsewhere since: say where it is now',
    '“{name}”已经移回，或之后又移到了别处：请指明它现在的位置。',
  ],
  'not-available.untagged': [
    'no photo of this embedding has the tag: tag a few of them first',
    '此嵌入中没有带该标签的照片：请先给几张照片加上标签。',
  ],
  'not-available.no-tags': [
    'no photo of this embedding has a tag, so nothing is in doubt: tag a few of each kind, or pick by the mix',
    '此嵌入中没有带标签的照片，因此谈不上哪些不确定：请先给每一类各加几个标签，或按“综合”挑选。',
  ],
  'not-available.few-labels': [
    '{count} {count:photo of this embedding has|photos of this embedding have} a label, of {classes} {classes:class|classes}: it takes two classes, and ten labelled photos of each.',
    '此嵌入中有 {count} 张照片带类别，共 {classes} 类：至少需要两类，且平均每类十张。',
  ],
  'not-available.map': [
    'the map by UMAP is not made yet: start it, and look at the components meanwhile',
    'UMAP 地图尚未生成：请先开始生成，其间可看主成分图。',
  ],
  'not-available.graph': [
    'the neighbours of these photos have not been searched yet: start the search in Explore',
    '这些照片的近邻尚未搜索：请先在“浏览”中开始搜索。',
  ],
  'not-available.embedding': [
    'the embedding was damaged and has been removed: embed again, and check the disk',
    '嵌入文件已损坏，已移除：请重新嵌入，并检查磁盘。',
  ],
  'not-available.no-optimizer': [
    'the run has no checkpoint with optimizer state left: start a new run from its weights',
    '这次训练已没有带优化器状态的检查点：请用它的权重新建一次训练。',
  ],
  'not-supported': ['This works in the desktop application only.', '这只在桌面应用中可用。'],
  'not-supported.folders': ['folders can be shown in the desktop application only', '只有桌面应用能打开文件夹。'],
  'not-supported.files': ['files can be shown in the desktop application only', '只有桌面应用能在文件夹中显示文件。'],
  'wrong-state': ['This cannot be done in the state it is in: {message}.', '当前状态下不能这样做：{message}。'],
  'wrong-state.training': [
    'a run is training: devices are tested when it has ended, or stop it first',
    '正在训练：请等它结束，或先停止它，再测试设备。',
  ],
  'wrong-state.cache-used': [
    'the cache is in use: it can be cleared when no run trains and no task works',
    '缓存正在使用：请等训练和任务结束后再清空。',
  ],
  'wrong-state.finished': [
    'the run is finished: extend it by some epochs instead',
    '这次训练已完成：请改为追加若干轮。',
  ],
  'wrong-state.extend': [
    'only a finished run can be extended, this one is {state}: resume it first',
    '只有已完成的训练可以追加轮数：请先继续这一次。',
  ],
  'wrong-state.device': [
    'the run is {state}: stop it first, then resume it on another device',
    '这次训练正在进行或排队：请先停止它，再改用另一个设备继续。',
  ],
  'wrong-state.pause': ['only a running run can be paused', '只有正在进行的训练可以暂停：请先继续它。'],
  'wrong-state.idle': ['the run is not running', '这次训练没有在进行：请先继续它。'],
  'wrong-state.experiment-finished': ['the experiment is finished: start another one', '实验已完成：请另开一个。'],
  'wrong-state.experiment-over': ['the experiment is {state} already', '实验已经结束：请另开一个。'],
  'wrong-state.experiment-idle': [
    'no arm of the experiment trains just now: stop it instead',
    '实验此刻没有正在训练的一支：请改为停止它。',
  ],
  'wrong-state.locked': [
    'another process is still training this run: end it, then resume',
    '另一个进程仍在训练它：请先结束那个进程，再继续。',
  ],
  'renderer-missing': [
    'The window’s files are missing: run "npm run build" once.',
    '窗口文件缺失：请运行一次 npm run build。',
  ],
  'renderer-missing.folder': [
    'the window\'s files are not in {folder}: run "npm run build" once',
    '{folder} 中没有窗口文件：请运行一次 npm run build。',
  ],
  'no-webgl': ['This machine cannot draw the map: WebGL 2 is missing.', '这台机器无法绘制地图：缺少 WebGL 2。'],
});
