/** What the application and the connection to it refuse: calls, folders, the home folder and its history. */
import { catalogue } from './catalogue.ts';

export const applicationErrors = catalogue({
  internal: [
    'Something inside Lookalike is wrong: {message}. Try again; where it stays, report it with the doctor’s text from Settings.',
    'Lookalike 内部出错：{message}。请重试；若仍出现，请连同“设置”中的体检报告一起反馈。',
  ],

  disconnected: ['the application is gone: open it again', '应用程序已断开：请重新打开。'],

  'bad-folder': [
    'This folder cannot be used: {message}. Choose another one.',
    '无法使用这个文件夹：{message}。请选择另一个。',
  ],
  'bad-folder.in-library': [
    '{folder} is in the library already, as "{name}": remove that one first, or choose another folder',
    '{folder} 已在照片库中，名为“{name}”：请先移除它，或选择另一个文件夹。',
  ],
  'bad-folder.missing': ['there is no folder {folder}: check its name', '没有文件夹 {folder}：请检查名称。'],
});
