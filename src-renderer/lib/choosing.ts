/**
 * How photos of a list are chosen by hand, with the pointer as with the keyboard: Space chooses, as in a grid, arrows walk
 * and with Shift choose what they walk over, Enter opens.
 */
import type { Selection } from '../state/selection.svelte.ts';

interface Modifiers {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}
interface Key extends Modifiers {
  key: string;
  /** The button. */
  currentTarget: unknown;
  preventDefault(): void;
  stopPropagation(): void;
}
interface Item {
  querySelector(selector: 'button'): { focus(): void } | null;
}

export interface Choosing {
  press(event: Modifiers, id: string, index: number): void;
  keydown(event: Key, id: string, index: number): void;
}

/** For buttons in the items of a list; `ids` are those of the list now, of which `open` is called with the one pressed. */
export function choosing(selection: Selection, ids: () => readonly string[], open: (id: string) => void): Choosing {
  const key = {};
  const list = {
    get count() {
      return ids().length;
    },
    between: (first: number, last: number) => ids().slice(first, last + 1),
  };
  return {
    press(event, id, index) {
      if (event.shiftKey) void selection.extend(list, index, key);
      else if (event.ctrlKey || event.metaKey) selection.toggle(id, index, key);
      else open(id);
    },
    keydown(event, id, index) {
      const button = event.currentTarget as {
        closest(selector: 'li'): Record<'nextElementSibling' | 'previousElementSibling', Item | null> | null;
      };
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step !== 0) {
        const item = button.closest('li')?.[step > 0 ? 'nextElementSibling' : 'previousElementSibling'];
        const to = index + step;
        if (event.shiftKey && item && to >= 0 && to < ids().length) {
          if (!selection.size) selection.toggle(id, index, key);
          void selection.extend(list, to, key);
        }
        item?.querySelector('button')?.focus();
      } else if (event.key === ' ' && event.shiftKey) void selection.extend(list, index, key);
      else if (event.key === ' ') selection.toggle(id, index, key);
      else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) void selection.all(list);
      else if (event.key === 'Escape' && selection.size) selection.clear();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
