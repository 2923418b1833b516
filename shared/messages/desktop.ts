/**
 * The words of the desktop shell, which are not shown in the window: menu, tray, native dialogs and notifications.
 * Both languages side by side; a key that one of them lacks does not compile.
 */
import { en as windowEn } from './en.ts';
import { formatMessage } from './format.ts';
import type { Message, Values } from './format.ts';
import { zhCN as windowZhCN } from './zh-CN.ts';

const en = {
  'menu.file': 'File',
  'menu.edit': 'Edit',
  'menu.view': 'View',
  'menu.go': 'Go',
  'menu.window': 'Window',
  'menu.help': 'Help',
  'menu.about': 'About Lookalike',
  'menu.settings': 'Settings…',
  'menu.services': 'Services',
  'menu.hide': 'Hide Lookalike',
  'menu.hideOthers': 'Hide Others',
  'menu.unhide': 'Show All',
  'menu.quit': 'Quit Lookalike',
  'menu.newRun': 'New Run',
  'menu.close': 'Close Window',
  'menu.undo': 'Undo',
  'menu.redo': 'Redo',
  'menu.cut': 'Cut',
  'menu.copy': 'Copy',
  'menu.paste': 'Paste',
  'menu.selectAll': 'Select All',
  'menu.reload': 'Reload',
  'menu.devTools': 'Developer Tools',
  'menu.resetZoom': 'Actual Size',
  'menu.zoomIn': 'Zoom In',
  'menu.zoomOut': 'Zoom Out',
  'menu.fullScreen': 'Full Screen',
  'menu.minimize': 'Minimize',
  'menu.zoom': 'Zoom',
  'menu.front': 'Bring All to Front',
  'menu.howItWorks': 'How It Works',

  'tray.open': 'Open Lookalike',
  'tray.pause': 'Pause “{name}”',
  'tray.resume': 'Resume “{name}”',
  'tray.quit': 'Quit Lookalike',
  'tray.saveAndQuit': 'Save, Stop and Quit',
  'tray.idle': 'Lookalike',
  'tray.running': 'Lookalike: “{name}”, {percent} %',
  'tray.starting': 'Lookalike: “{name}” starts',
  'tray.paused': 'Lookalike: “{name}” is paused at {percent} %',
  'tray.saving': 'Lookalike: saving…',

  'close.message': '“{name}” is training.',
  'close.detail':
    'It can go on in the background: the icon in the tray shows its progress and brings this window back. Stopped, it is saved first and can be resumed.',
  'close.waiting': {
    one: 'The run that waits starts when Lookalike is opened again.',
    other: 'The {count} runs that wait start when Lookalike is opened again.',
  },
  'close.background': 'Keep Training in the Background',
  'close.stop': 'Save and Stop',
  'close.cancel': 'Cancel',
  'close.remember': 'Do not ask again',

  'pick.title': 'Choose a Folder',
  'pick.button': 'Choose',
  'pick.image': 'Choose an Image',
  'pick.image.files': 'Images',
  'pick.labels': 'Choose a CSV File of Labels',
  'pick.labels.files': 'CSV files',
  'pick.weights': 'Choose Weights',
  'pick.weights.files': 'safetensors files',
  'pick.all': 'All files',
  'pick.unreadable': '{name} cannot be read ({code}): check its permissions.',
  'pick.tooLarge': '{name} is larger than {most} MB: choose a smaller file.',

  'crash.message': 'A part of Lookalike ended unexpectedly and was started again.',
  'crash.detail':
    'Photos, runs and checkpoints are safe. A run that was training was saved as far as it could be: resume it under Runs.\n\n{reason}',
  'crash.giveUp.message': 'Lookalike cannot go on.',
  'crash.giveUp.detail':
    'A part of it ended unexpectedly several times in a row. Photos, runs and checkpoints are safe. Start it again; if that does not help, "lookalike doctor" says more.\n\n{reason}',
  'start.message': 'Lookalike cannot start.',
  'fault.message':
    'Something inside Lookalike went wrong. What runs goes on; where it happens again, report it with these words.',
  'window.crashed.message': 'The window ended unexpectedly and was opened again. What runs was not affected.',
  'button.ok': 'OK',
  'repair.detail':
    'Repairing sets the damaged database aside, and makes the history again from its newest backup and the folders of runs.',
  'button.repair': 'Repair',
  'button.quit': 'Quit',

  'notice.finished.title': 'Training finished',
  'notice.finished.body': '“{name}” has learned what it could. Look at its neighbours.',
  'notice.failed.title': 'Training failed',
  'notice.failed.body': '“{name}”: {reason}',
  'notice.interrupted.title': 'Training was interrupted',
  'notice.collapsed.title': 'The representation collapsed',
  'notice.dimensionalCollapse.title': 'The representation is losing dimensions',
  'notice.notLearning.title': 'The run is not learning',
  'notice.worseThanStart.title': 'The run made its start worse and was stopped',
  'notice.diverging.title': 'The run is diverging',
  'notice.verdict.body': '“{name}”: open the monitor to see why and what to change.',
} as const satisfies Record<string, Message>;

export type DesktopKey = keyof typeof en;
export type DesktopLanguage = 'en' | 'zh-CN';

const zhCN: Record<DesktopKey, Message> = {
  'menu.file': '文件',
  'menu.edit': '编辑',
  'menu.view': '显示',
  'menu.go': '前往',
  'menu.window': '窗口',
  'menu.help': '帮助',
  'menu.about': '关于 Lookalike',
  'menu.settings': '设置…',
  'menu.services': '服务',
  'menu.hide': '隐藏 Lookalike',
  'menu.hideOthers': '隐藏其他',
  'menu.unhide': '全部显示',
  'menu.quit': '退出 Lookalike',
  'menu.newRun': '新建训练',
  'menu.close': '关闭窗口',
  'menu.undo': '撤销',
  'menu.redo': '重做',
  'menu.cut': '剪切',
  'menu.copy': '复制',
  'menu.paste': '粘贴',
  'menu.selectAll': '全选',
  'menu.reload': '重新加载',
  'menu.devTools': '开发者工具',
  'menu.resetZoom': '实际大小',
  'menu.zoomIn': '放大',
  'menu.zoomOut': '缩小',
  'menu.fullScreen': '全屏',
  'menu.minimize': '最小化',
  'menu.zoom': '缩放',
  'menu.front': '前置全部窗口',
  'menu.howItWorks': '工作原理',

  'tray.open': '打开 Lookalike',
  'tray.pause': '暂停“{name}”',
  'tray.resume': '继续“{name}”',
  'tray.quit': '退出 Lookalike',
  'tray.saveAndQuit': '保存、停止并退出',
  'tray.idle': 'Lookalike',
  'tray.running': 'Lookalike：“{name}”，{percent}%',
  'tray.starting': 'Lookalike：“{name}”正在启动',
  'tray.paused': 'Lookalike：“{name}”已暂停于 {percent}%',
  'tray.saving': 'Lookalike：正在保存…',

  'close.message': '“{name}”正在训练。',
  'close.detail':
    '训练可以在后台继续：托盘图标会显示进度，并可重新打开此窗口。若选择停止，会先保存，之后可以继续训练。',
  'close.waiting': '正在排队的 {count} 个训练将在下次打开 Lookalike 时开始。',
  'close.background': '在后台继续训练',
  'close.stop': '保存并停止',
  'close.cancel': '取消',
  'close.remember': '不再询问',

  'pick.title': '选择文件夹',
  'pick.button': '选择',
  'pick.image': '选择图像',
  'pick.image.files': '图像',
  'pick.labels': '选择标签 CSV 文件',
  'pick.labels.files': 'CSV 文件',
  'pick.weights': '选择权重',
  'pick.weights.files': 'safetensors 文件',
  'pick.all': '所有文件',
  'pick.unreadable': '无法读取 {name}（{code}）：请检查权限。',
  'pick.tooLarge': '{name} 大于 {most} MB：请选择更小的文件。',

  'crash.message': 'Lookalike 的一部分意外结束，已重新启动。',
  'crash.detail': '照片、训练记录和检查点均安全。正在训练的任务已尽可能保存，可在“训练记录”中继续。\n\n{reason}',
  'crash.giveUp.message': 'Lookalike 无法继续运行。',
  'crash.giveUp.detail':
    '它的一部分连续多次意外结束。照片、训练记录和检查点均安全。请重新启动；如果仍无效，可运行“lookalike doctor”查看详情。\n\n{reason}',
  'start.message': 'Lookalike 无法启动。',
  'fault.message': 'Lookalike 内部出错。正在进行的任务会继续；若再次发生，请连同以下内容一起反馈。',
  'window.crashed.message': '窗口意外结束，已重新打开。正在进行的任务不受影响。',
  'button.ok': '好',
  'repair.detail': '修复会把损坏的数据库移到一旁，并由最新的备份和各次训练的文件夹重新建立历史记录。',
  'button.repair': '修复',
  'button.quit': '退出',

  'notice.finished.title': '训练完成',
  'notice.finished.body': '“{name}”已训练完毕，去看看相似照片吧。',
  'notice.failed.title': '训练失败',
  'notice.failed.body': '“{name}”：{reason}',
  'notice.interrupted.title': '训练中断',
  'notice.collapsed.title': '表示已坍缩',
  'notice.dimensionalCollapse.title': '表示正在丢失维度',
  'notice.notLearning.title': '训练没有进展',
  'notice.worseThanStart.title': '训练使起点变差，已停止',
  'notice.diverging.title': '训练正在发散',
  'notice.verdict.body': '“{name}”：打开监控，查看原因以及应当修改什么。',
};

const catalogues: Record<DesktopLanguage, Record<DesktopKey, Message>> = { en, 'zh-CN': zhCN };
/** For the test that both languages agree. */
export const desktopCatalogues: Readonly<typeof catalogues> = catalogues;

export type Translate = (key: DesktopKey, values?: Values) => string;

export const translator =
  (language: DesktopLanguage): Translate =>
  (key, values) =>
    formatMessage(catalogues[language][key], language, values);

/** Places are called in the menu as they are in the window. */
type PlaceKey = Extract<keyof typeof windowEn, `nav.${string}`>;
export const placeName = (language: DesktopLanguage, key: PlaceKey): string =>
  formatMessage((language === 'zh-CN' ? windowZhCN : windowEn)[key], language);
