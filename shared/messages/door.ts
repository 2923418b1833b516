/** The page that a browser sees which was not let in: how to open the window. Both languages side by side. */
import type { Language } from '../sentences.ts';

interface Words {
  title: string;
  /** Why, by what happened. */
  why: Record<'none' | 'used' | 'wrong', string>;
  open: string;
  restart: string;
  /** Where it was let in before. */
  enter: string;
  privacy: string;
}

export const doorWords: Readonly<Record<Language, Words>> = {
  en: {
    title: 'This browser has not opened Lookalike yet',
    why: {
      none: 'Lookalike runs here, and shows your photos only to browsers that came by the address it printed.',
      used: 'This address has been used: each opens the window in one browser.',
      wrong: 'This address is of a Lookalike that has ended, or it was cut off when it was copied.',
    },
    open: 'Look into the terminal where “lookalike serve” runs, and open the last address there. It looks like this:',
    restart: 'Is that terminal gone? End Lookalike and start “lookalike serve” again: it prints a new address.',
    enter: 'This browser was let in before: open the window',
    privacy: 'Afterwards this page can be kept as a bookmark.',
  },
  'zh-CN': {
    title: '此浏览器还没有打开过 Lookalike',
    why: {
      none: 'Lookalike 正在这里运行，但只向使用它所显示地址进入的浏览器展示你的照片。',
      used: '此地址已经用过：每个地址只能在一个浏览器中打开窗口。',
      wrong: '此地址属于已经结束的 Lookalike，或者复制时不完整。',
    },
    open: '请查看运行 “lookalike serve” 的终端，打开其中最后一个地址。它的样子是：',
    restart: '终端已关闭？请结束 Lookalike 并重新运行 “lookalike serve”：它会显示新的地址。',
    enter: '此浏览器以前获准进入：打开窗口',
    privacy: '之后可以将此页面存为书签。',
  },
};
