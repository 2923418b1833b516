/**
 * The words of the desktop shell, which are not shown in the window: menu, tray, native dialogs and notifications.
 */
import { catalogue, inLanguage } from './catalogue.ts';
import type { Language } from './catalogue.ts';
import { formatMessage } from './format.ts';
import type { Message, Values } from './format.ts';
import { en as windowEn, zhCN as windowZhCN } from './window/index.ts';

const texts = catalogue({
  'menu.file': ['File', '文件'],
  'menu.edit': ['Edit', '编辑'],
  'menu.view': ['View', '显示'],
  'menu.go': ['Go', '前往'],
  'menu.window': ['Window', '窗口'],
  'menu.help': ['Help', '帮助'],
  'menu.about': ['About Lookalike', '关于 Lookalike'],
  'menu.settings': ['Settings…', '设置…'],
  'menu.services': ['Services', '服务'],
  'menu.hide': ['Hide Lookalike', '隐藏 Lookalike'],
  'menu.hideOthers': ['Hide Others', '隐藏其他'],
  'menu.unhide': ['Show All', '全部显示'],
  'menu.quit': ['Quit Lookalike', '退出 Lookalike'],
  'menu.newRun': ['New Run', '新建训练'],
  'menu.close': ['Close Window', '关闭窗口'],
  'menu.undo': ['Undo', '撤销'],
  'menu.redo': ['Redo', '重做'],
  'menu.cut': ['Cut', '剪切'],
  'menu.copy': ['Copy', '复制'],
  'menu.paste': ['Paste', '粘贴'],
  'menu.selectAll': ['Select All', '全选'],
  'menu.reload': ['Reload', '重新加载'],
  'menu.devTools': ['Developer Tools', '开发者工具'],
  'menu.resetZoom': ['Actual Size', '实际大小'],
  'menu.zoomIn': ['Zoom In', '放大'],
  'menu.zoomOut': ['Zoom Out', '缩小'],
  'menu.fullScreen': ['Full Screen', '全屏'],
  'menu.minimize': ['Minimize', '最小化'],
  'menu.zoom': ['Zoom', '缩放'],
  'menu.front': ['Bring All to Front', '前置全部窗口'],
  'menu.howItWorks': ['How It Works', '工作原理'],

  'tray.open': ['Open Lookalike', '打开 Lookalike'],
  'tray.pause': ['Pause “{name}”', '暂停“{name}”'],
  'tray.resume': ['Resume “{name}”', '继续“{name}”'],
  'tray.quit': ['Quit Lookalike', '退出 Lookalike'],
  'tray.saveAndQuit': ['Save, Stop and Quit', '保存、停止并退出'],
  'tray.idle': ['Lookalike', 'Lookalike'],
  'tray.running': ['Lookalike: “{name}”, {percent} %', 'Lookalike：“{name}”，{percent}%'],
  'tray.starting': ['Lookalike: “{name}” starts', 'Lookalike：“{name}”正在启动'],
  'tray.paused': ['Lookalike: “{name}” is paused at {percent} %', 'Lookalike：“{name}”已暂停于 {percent}%'],
  'tray.saving': ['Lookalike: saving…', 'Lookalike：正在保存…'],

  'close.message': ['“{name}” is training.', '“{name}”正在训练。'],
  'close.detail': [
    'It can go on in the background: the icon in the tray shows its progress and brings this window back. Stopped, it is saved first and can be resumed.',
    '训练可以在后台继续：托盘图标会显示进度，并可重新打开此窗口。若选择停止，会先保存，之后可以继续训练。',
  ],
  'close.waiting': [
    {
      one: 'The run that waits starts when Lookalike is opened again.',
      other: 'The {count} runs that wait start when Lookalike is opened again.',
    },
    '正在排队的 {count} 个训练将在下次打开 Lookalike 时开始。',
  ],
  'close.background': ['Keep Training in the Background', '在后台继续训练'],
  'close.stop': ['Save and Stop', '保存并停止'],
  'close.cancel': ['Cancel', '取消'],
  'close.remember': ['Do not ask again', '不再询问'],

  'pick.title': ['Choose a Folder', '选择文件夹'],
  'pick.button': ['Choose', '选择'],
  'pick.image': ['Choose an Image', '选择图像'],
  'pick.image.files': ['Images', '图像'],
  'pick.labels': ['Choose a CSV File of Labels', '选择类别 CSV 文件'],
  'pick.labels.files': ['CSV files', 'CSV 文件'],
  'pick.weights': ['Choose Weights', '选择权重'],
  'pick.weights.files': ['Weights (safetensors, PyTorch)', '权重（safetensors、PyTorch）'],
  'pick.encoder': ['Choose an Encoder', '选择编码器'],
  'pick.encoder.files': ['ONNX files', 'ONNX 文件'],
  'pick.all': ['All files', '所有文件'],
  'pick.unreadable': [
    '{name} cannot be read ({code}): check its permissions.',
    '无法读取 {name}（{code}）：请检查权限。',
  ],
  'pick.tooLarge': [
    '{name} is larger than {most} MB: choose a smaller file.',
    '{name} 大于 {most} MB：请选择更小的文件。',
  ],

  'crash.message': [
    'A part of Lookalike ended unexpectedly and was started again.',
    'Lookalike 的一部分意外结束，已重新启动。',
  ],
  'crash.detail': [
    'Photos, runs and checkpoints are safe. A run that was training was saved as far as it could be: resume it under Runs.\n\n{reason}',
    '照片、训练记录和检查点均安全。正在训练的任务已尽可能保存，可在“训练记录”中继续。\n\n{reason}',
  ],
  'crash.giveUp.message': ['Lookalike cannot go on.', 'Lookalike 无法继续运行。'],
  'crash.giveUp.detail': [
    'A part of it ended unexpectedly several times in a row. Photos, runs and checkpoints are safe. Start it again; if that does not help, "lookalike doctor" says more.\n\n{reason}',
    '它的一部分连续多次意外结束。照片、训练记录和检查点均安全。请重新启动；如果仍无效，可运行“lookalike doctor”查看详情。\n\n{reason}',
  ],

  'start.message': ['Lookalike cannot start.', 'Lookalike 无法启动。'],

  'fault.message': [
    'Something inside Lookalike went wrong. What runs goes on; where it happens again, report it with these words.',
    'Lookalike 内部出错。正在进行的任务会继续；若再次发生，请连同以下内容一起反馈。',
  ],

  'window.crashed.message': [
    'The window ended unexpectedly and was opened again. What runs was not affected.',
    '窗口意外结束，已重新打开。正在进行的任务不受影响。',
  ],

  'button.ok': ['OK', '好'],

  'repair.detail': [
    'Repairing sets the damaged database aside, and makes the history again from its newest backup and the folders of runs.',
    '修复会把损坏的数据库移到一旁，并由最新的备份和各次训练的文件夹重新建立历史记录。',
  ],

  'button.repair': ['Repair', '修复'],
  'button.quit': ['Quit', '退出'],

  'notice.finished.title': ['Training finished', '训练完成'],
  'notice.finished.body': ['“{name}” is trained. Look at its neighbours.', '“{name}”已训练完毕，去看看相似照片吧。'],
  'notice.failed.title': ['Training failed', '训练失败'],
  'notice.failed.body': ['“{name}”: {reason}', '“{name}”：{reason}'],
  'notice.interrupted.title': ['Training was interrupted', '训练中断'],
  'notice.collapsed.title': ['The representation collapsed', '表示已坍缩'],
  'notice.dimensionalCollapse.title': ['The representation is losing dimensions', '表示正在丢失维度'],
  'notice.notLearning.title': ['The run is not learning', '训练没有进展'],
  'notice.worseThanStart.title': ['The run made its start worse and was stopped', '训练使起点变差，已停止'],
  'notice.diverging.title': ['The run is diverging', '训练正在发散'],
  'notice.verdict.body': [
    '“{name}”: open the monitor to see why and what to change.',
    '“{name}”：打开监控，查看原因以及应当修改什么。',
  ],
});

export type DesktopKey = keyof typeof texts;
export type DesktopLanguage = Language;

/** For the test that both languages have the same placeholders, too. */
export const desktopCatalogues: Readonly<Record<DesktopLanguage, Readonly<Record<DesktopKey, Message>>>> = {
  en: inLanguage(texts, 'en'),
  'zh-CN': inLanguage(texts, 'zh-CN'),
};

export type Translate = (key: DesktopKey, values?: Values) => string;

export const translator =
  (language: DesktopLanguage): Translate =>
  (key, values) =>
    formatMessage(desktopCatalogues[language][key], language, values);

/** Places are called in the menu as they are in the window. */
type PlaceKey = Extract<keyof typeof windowEn, `nav.${string}`>;
export const placeName = (language: DesktopLanguage, key: PlaceKey): string =>
  formatMessage((language === 'zh-CN' ? windowZhCN : windowEn)[key], language);
