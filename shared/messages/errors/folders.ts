/** What folders are refused for: those of photos, those that something is written to, and the home with its history. */
import { catalogue } from '../catalogue.ts';

export const folderErrors = catalogue({
  'home-in-use': [
    'Another Lookalike uses this home folder: close it, or choose another home.',
    '这个主文件夹正被另一个 Lookalike 使用：请关闭它，或选择另一个主文件夹。',
  ],
  'home-in-use.home': [
    'another Lookalike is using the home folder {home}: close it, or choose another home with --home',
    '主文件夹 {home} 正被另一个 Lookalike 使用：请关闭它，或用 --home 选择另一个。',
  ],
  'bad-folder': [
    'This folder cannot be used: {message}. Choose another one.',
    '无法使用这个文件夹：{message}。请选择另一个。',
  ],
  'bad-folder.clash': [
    'there is a file {file} in {folder} already, or two of the photos have this name: choose an empty folder',
    '{folder} 中已有 {file}，或者有两张照片同名：请选择空文件夹。',
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
  'bad-folder.not-private': [
    '{folder} is to be for your commands alone, and is another user’s or open to others: remove it, or choose a home with a shorter path, which needs no such folder',
    '{folder} 本应只供你自己的命令使用，却属于其他用户或对其他人开放：请将其删除，或选择路径较短、不需要它的主文件夹。',
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
    '你没有主文件夹 {folder} 的写入权限（{errno}）：请更改其权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
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
  'unwritable-home.gone': [
    'the home folder {folder} is not there any more: connect its disk again or move it back, then open Lookalike again',
    '主文件夹 {folder} 已不存在：请重新连接它所在的磁盘或把它移回原处，然后重新打开 Lookalike。',
  ],
  'unwritable-home.not-yours': [
    '{path} in the home folder is not yours to read and write: give it back its owner or permissions, or choose another home with --home or LOOKALIKE_HOME',
    '你没有读写主文件夹中 {path} 的权限：请恢复其所有者或权限，或用 --home 或 LOOKALIKE_HOME 选择另一个主文件夹。',
  ],
  'unwritable-home.not-yours-to-delete': [
    '{path} is not yours to delete from: give it back its owner or permissions, then delete the run again',
    '你没有从 {path} 中删除内容的权限：请恢复其所有者或权限，然后再次删除这次训练。',
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
  'folder-not-empty.sample': [
    '{folder} is not empty: name a new folder for the sample photos',
    '{folder} 不是空的：请为示例照片另取一个文件夹。',
  ],
});
