/** What the application and the connection to it refuse: calls, folders, the home folder and its history. */
import { catalogue } from '../catalogue.ts';

export const applicationErrors = catalogue({
  internal: [
    'Something inside Lookalike is wrong: {message}. Try again; where it stays, report it with the doctor’s text from Settings.',
    'Lookalike 内部出错：{message}。请重试；若仍出现，请连同“设置”中的体检报告一起反馈。',
  ],
  disconnected: ['the application is gone: open it again', '应用程序已断开：请重新打开。'],
  cancelled: ['cancelled', '已取消。'],
  'cancelled.query': ['the query was given up: ask again', '查询被放弃：请再试一次。'],
  'cancelled.search': ['the search was cancelled', '搜索已取消。'],
  'cancelled.view': ['the view was cancelled', '已取消。'],
  'cancelled.what': ['{what} was cancelled', '已取消：{what}。'],
  'home-in-use': [
    'Another Lookalike uses this home folder: close it, or choose another home.',
    '这个主文件夹正被另一个 Lookalike 使用：请关闭它，或选择另一个主文件夹。',
  ],
  'home-in-use.home': [
    'another Lookalike is using the home folder {home}: close it, or choose another home with --home',
    '主文件夹 {home} 正被另一个 Lookalike 使用：请关闭它，或用 --home 选择另一个。',
  ],
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
    '用 CSV 作标签需要文件的内容：请选择含有 file 与 label 两列的文件。',
  ],
  'bad-request.csv-names': [
    'none of the {count} {count:file|files} the CSV names is in the folder: write paths as they are inside the folder, for example {file}',
    'CSV 列出的 {count} 个文件都不在文件夹里：请写文件夹内的相对路径，例如 {file}。',
  ],
  'bad-request.tag-name': [
    'there is a tag named {name} already: choose another name, or merge the two',
    '已经有名为 {name} 的标签：请换一个名称，或将两者合并。',
  ],
  'bad-folder.clash': [
    'there is a file {file} in {folder} already, or two of the photos have this name: choose an empty folder',
    '{folder} 中已有 {file}，或者有两张照片同名：请选择空文件夹。',
  ],
  'bad-folder.missing-photo': [
    'the photo {file} is no longer there: scan its folder again',
    '照片 {file} 已不存在：请重新扫描其文件夹。',
  ],
  'bad-folder.closed-photo': [
    'the photo {file} cannot be read ({errno}): check its permissions and its disk, or leave it out',
    '无法读取照片 {file}（{errno}）：请检查其权限和所在的磁盘，或不选它。',
  ],
  'no-images.copy': [
    'none of these photos is in the library any more: choose others',
    '这些照片都已不在照片库中：请另选照片。',
  ],
  'bad-request.collection': [
    '{name} holds photos of {folder}: labels, held-out photos and how files are read are set there',
    '{name} 中是 {folder} 的照片：标签、留出照片和文件读取方式请在该文件夹中设置。',
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
    'CSV 文件第 {line} 行没有标签：每行写 file,label。',
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

  'bad-folder': [
    'This folder cannot be used: {message}. Choose another one.',
    '无法使用这个文件夹：{message}。请选择另一个。',
  ],
  'bad-folder.reading': ['{reason}', '无法使用这个文件夹：{reason}'],
  'bad-folder.in-library': [
    '{folder} is in the library already, as "{name}": remove that one first, or choose another folder',
    '{folder} 已在照片库中，名为“{name}”：请先移除它，或选择另一个文件夹。',
  ],
  'bad-folder.others': [
    '{folder} holds {found} of the {count} photos of {name}: give the folder that they are in now, or say that it is this one anyway (--anyway)',
    '“{name}”的 {count} 张照片中，{folder} 只有 {found} 张：请选择照片现在所在的文件夹，或确认仍用这一个（--anyway）。',
  ],
  'bad-folder.root': [
    '{folder} is a whole disk with the system and the files of Lookalike on it: give the folder on it that your photos are in',
    '{folder} 是整个磁盘，其中还有系统和 Lookalike 自己的文件：请选择其中存放照片的文件夹。',
  ],
  'bad-folder.results': [
    '{folder} has results of an earlier training, which would go on in place of this one: import them and choose a new folder, or delete its results',
    '{folder} 含有先前训练的结果（results），会接着它训练而不是这一次的：请先导入并选择新文件夹，或删除其 results。',
  ],
  'bad-folder.missing': ['there is no folder {folder}: check its name', '没有文件夹 {folder}：请检查名称。'],
  'bad-folder.closed': [
    'the folder {folder} cannot be opened ({errno}): check its permissions',
    '无法打开文件夹 {folder}（{errno}）：请检查权限。',
  ],
  'bad-folder.unopenable': [
    '{folder} cannot be opened ({errno}): choose another folder',
    '无法打开 {folder}（{errno}）：请选择另一个文件夹。',
  ],
  'bad-folder.file': ['{folder} is a file: give the folder it is in', '{folder} 是一个文件：请选择它所在的文件夹。'],
  'bad-folder.photos': [
    '{folder} is, holds or lies in the photo folder {name}, and nothing is ever written there: choose another folder',
    '{folder} 与照片文件夹“{name}”重叠，那里从不写入任何内容：请选择另一个文件夹。',
  ],
  'bad-folder.home': [
    '{folder} is where Lookalike keeps its own files: choose another folder',
    '{folder} 是 Lookalike 存放自己文件的地方：请选择另一个文件夹。',
  ],
  'bad-folder.is-home': [
    '{folder} is the home folder itself, and nothing is ever written among photos: give the folder of the photos, or choose another home with --home or LOOKALIKE_HOME',
    '{folder} 就是主文件夹，而照片之间从不写入任何内容：请选择存放照片的文件夹，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'bad-folder.holds-home': [
    '{folder} holds the home folder {home}, and nothing is ever written among photos: give a folder without it, or choose another home with --home or LOOKALIKE_HOME',
    '{folder} 中有主文件夹 {home}，而照片之间从不写入任何内容：请选择不含它的文件夹，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'bad-folder.photos-home': [
    'there are photos in {home} ({file}), so that it cannot be the home folder, as nothing is ever written among photos: choose a new folder with --home or LOOKALIKE_HOME',
    '{home} 中有照片（{file}），不能作为主文件夹，因为照片之间从不写入任何内容：请用 --home 或 LOOKALIKE_HOME 选择一个新文件夹。',
  ],
  'bad-folder.shared-home': [
    '{home} is a folder for everybody, and the home folder is kept from others: choose a folder of its own, such as one in it, with --home or LOOKALIKE_HOME',
    '{home} 是所有人共用的文件夹，而主文件夹不让他人进入：请用 --home 或 LOOKALIKE_HOME 选择一个单独的文件夹，例如在其中新建一个。',
  ],
  'bad-folder.home-name': [
    'the name of the home folder {home} is not UTF-8: choose another with --home or LOOKALIKE_HOME',
    '主文件夹 {home} 的名称不是 UTF-8：请用 --home 或 LOOKALIKE_HOME 选择另一个。',
  ],
  'bad-folder.home-long': [
    'the path of the home folder {home} is {bytes} bytes long, and its database opens no longer ones than {most}: choose a shorter one with --home or LOOKALIKE_HOME',
    '主文件夹 {home} 的路径有 {bytes} 字节，而其数据库最多支持 {most} 字节：请用 --home 或 LOOKALIKE_HOME 选择更短的路径。',
  ],
  'bad-folder.relative': ['{folder} is not a whole path: choose a folder', '{folder} 不是完整路径：请选择一个文件夹。'],
  'bad-folder.full': ['the disk of {folder} is full: free some space', '{folder} 所在的磁盘已满：请腾出空间。'],
  'bad-folder.unwritable': [
    '{folder} cannot be written: choose another folder',
    '无法写入 {folder}：请选择另一个文件夹。',
  ],
  'bad-folder.unreadable': [
    'The folder {folder} cannot be read: check its permissions and that its disk is connected.',
    '无法读取文件夹 {folder}：请检查权限以及磁盘是否已连接。',
  ],
  'bad-folder.gone': [
    'The folder {folder} does not exist.',
    '文件夹 {folder} 不存在：请把它放回原处，或指出新的位置。',
  ],
  'bad-folder.not-a-folder': ['{folder} is not a folder.', '{folder} 不是文件夹：请选择另一个。'],
  'folder-not-empty': ['The folder is not empty: name a new one.', '文件夹不是空的：请换一个新的。'],
  'newer-database': [
    'The history was written by a newer Lookalike: update Lookalike.',
    '历史记录由更新版本的 Lookalike 写成：请更新 Lookalike。',
  ],
  'newer-database.schema': [
    'the history in {folder} was written by a newer Lookalike (schema {schema}, this one knows {known}): update Lookalike, or choose another home with --home',
    '{folder} 中的历史记录由更新版本的 Lookalike 写成（格式 {schema}，此版本只认识到 {known}）：请更新 Lookalike，或用 --home 选择另一个主文件夹。',
  ],
  'full-disk': ['The disk is full: free some space.', '磁盘已满：请腾出空间。'],
  'full-disk.home': [
    'the disk of {folder} is full: free some space, or choose another home with --home or LOOKALIKE_HOME',
    '{folder} 所在的磁盘已满：请腾出空间，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'unwritable-home': [
    'The home folder cannot be written: check its permissions, or choose another.',
    '主文件夹无法写入：请检查权限，或选择另一个。',
  ],
  'unwritable-home.errno': [
    'the home folder {folder} cannot be written ({errno}): choose another with --home or LOOKALIKE_HOME',
    '主文件夹 {folder} 无法写入（{errno}）：请检查权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'unwritable-home.permission': [
    'the home folder {folder} cannot be written by you ({errno}): change its permissions, or choose another with --home or LOOKALIKE_HOME',
    '您没有主文件夹 {folder} 的写入权限（{errno}）：请更改其权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'unwritable-home.disk': [
    'the home folder {folder} cannot be written ({errno}): its disk reports an error or has become read-only; check it, then open Lookalike again',
    '主文件夹 {folder} 无法写入（{errno}）：所在磁盘报错或已变为只读，请检查磁盘，然后重新打开 Lookalike。',
  ],
  'unwritable-home.in-the-way': [
    '{path} is in the way of what Lookalike keeps there: move it away, or choose another home with --home or LOOKALIKE_HOME',
    '{path} 占用了 Lookalike 存放自己内容的位置：请把它移走，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'unwritable-home.read-only': [
    'the disk of the home folder {folder} is read-only: make it writable, or copy the folder to another disk and open it there with --home or LOOKALIKE_HOME',
    '主文件夹 {folder} 所在的磁盘为只读：请使其可写，或把该文件夹复制到另一个磁盘，再用 --home 或 LOOKALIKE_HOME 打开。',
  ],
  'unwritable-home.handles': [
    'too many files are open on this machine: close other programs, then open Lookalike again',
    '这台机器打开的文件过多：请关闭其他程序，再打开 Lookalike。',
  ],
  'unwritable-home.busy': [
    'another program holds the history in {folder} open (a backup, a synchronisation, a viewer of databases): let it end, then try again',
    '{folder} 中的历史记录正被另一个程序打开（备份、同步或数据库查看器）：请等它结束后重试。',
  ],
  'damaged-database': [
    'The database is damaged: let it be repaired (lookalike doctor --repair).',
    '数据库已损坏：请让它修复（lookalike doctor --repair）。',
  ],
  'damaged-database.errno': [
    'the database in {folder} is damaged ({errno}): run lookalike doctor --repair, which restores the newest backup and what the folders of runs hold',
    '{folder} 中的数据库已损坏（{errno}）：请运行 lookalike doctor --repair，它会恢复最新的备份以及各次训练的文件夹所保存的内容。',
  ],
  'damaged-database.foreign': [
    'the database in {folder} is another program’s: run lookalike doctor --repair, which keeps it under another name and restores the newest backup and what the folders of runs hold',
    '{folder} 中的数据库属于另一个程序：请运行 lookalike doctor --repair，它会把该数据库改名保留，并恢复最新的备份以及各次训练的文件夹所保存的内容。',
  ],
  'renderer-missing': [
    'The window’s files are missing: run "npm run build" once.',
    '窗口文件缺失：请运行一次 npm run build。',
  ],
  'renderer-missing.folder': [
    'the window\'s files are not in {folder}: run "npm run build" once',
    '{folder} 中没有窗口文件：请运行一次 npm run build。',
  ],
  'folder-not-empty.sample': [
    '{folder} is not empty: name a new folder for the sample photos',
    '{folder} 不是空的：请为示例照片另取一个文件夹。',
  ],
  'no-webgl': ['This machine cannot draw the map: WebGL 2 is missing.', '这台机器无法绘制地图：缺少 WebGL 2。'],
});
