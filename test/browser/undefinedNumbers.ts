/**
 * Numbers of the page that stand alone (0.598, 76.6 %) and fields of numbers without a definition in reach: on hover and
 * focus of themselves, of the head of their column or row, or of what stands beside them. What is counted in words (64
 * photos, 21 MB, 1.1 ms) says itself what it is, as the numbers of classes, groups and steps in a list do.
 */
import type { Page } from '@playwright/test';

export const undefinedNumbers = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const isDefined = (element: Element | null | undefined) =>
      Boolean(element && (element.matches('.term, [title]') || element.querySelector('.term, [title]')));
    /** So many elements up it still is what stands beside a number, and not the whole place. */
    const isBeside = (element: Element | null, levels: number): boolean =>
      element !== null && levels > 0 && (isDefined(element) || isBeside(element.parentElement, levels - 1));
    const inTable = (cell: Element): boolean => {
      const row = [...cell.parentElement!.children];
      const head = cell.closest('table')!.querySelector('thead tr')?.children[row.indexOf(cell)];
      return isDefined(head) || isDefined(row[0]);
    };
    const found: string[] = [];
    const texts = document.createTreeWalker(
      document.querySelector('dialog[open]') ?? document.querySelector('main')!,
      4,
    );
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent!.trim();
      const element = node.parentElement!;
      if (!/^[±−+]? ?(\d[\d,]*(\.\d+)?)(E[−-]?\d+)?( ?%)?$/.test(text) || !element.checkVisibility()) continue;
      if (element.closest('[role=option], [role=tooltip], option, pre, svg, kbd, button:not(.term), .count')) continue;
      const cell = element.closest('td, th');
      if (!(cell ? isDefined(cell) || inTable(cell) : isBeside(element, 3))) found.push(text);
    }
    for (const field of document.querySelectorAll<HTMLInputElement>('main input:is([type=number], [type=range])'))
      if (field.checkVisibility() && !isBeside(field, 4))
        found.push(
          `the field ${[...(field.labels ?? [])].map(({ textContent }) => textContent).join()} ${field.ariaLabel ?? ''} ${field.id}`,
        );
    return found;
  });
