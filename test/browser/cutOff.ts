/**
 * What of the page lies beyond its right or left border, where nobody sees it: the document or the place scroll sideways
 * for it, or something cuts it off. A part that scrolls sideways by itself, as a wide table does, is no finding, nor what
 * is there for screen readers alone, a text that ends in an ellipsis, or what is scrolled to in a strip of its own.
 */
import type { Page } from '@playwright/test';

export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const nameOf = (element: Element): string =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class')?.replace(/ ?svelte-\S+/, '') ?? ''} “${(element.textContent ?? '').trim().slice(0, 40)}”`;
    const found: string[] = [];
    for (const element of [document.documentElement, ...document.querySelectorAll('main, dialog[open]')])
      if (element.scrollWidth > element.clientWidth)
        found.push(`${nameOf(element).slice(0, 12)} is ${element.scrollWidth} wide in ${element.clientWidth}`);
    const isScrolled = (element: Element): boolean => {
      for (let at: Element | null = element; at && at.tagName !== 'MAIN'; at = at.parentElement) {
        const { overflowX, position, clipPath } = getComputedStyle(at);
        if (overflowX === 'auto' || overflowX === 'scroll' || position === 'fixed' || clipPath !== 'none') return true;
        if (at.closest('svg, canvas, .visually-hidden, .skip, [role=tooltip]')) return true;
        if (getComputedStyle(at).textOverflow === 'ellipsis') return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll('main *')) {
      const { left, right, width, height } = element.getBoundingClientRect();
      if (width * height === 0 || (left > -1 && right < innerWidth + 1) || isScrolled(element)) continue;
      if (element.children.length === 0)
        found.push(`${nameOf(element)} from ${Math.round(left)} to ${Math.round(right)}`);
    }
    return found.slice(0, 5);
  });
