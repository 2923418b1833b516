/** Where in the paper a study stands ('Table 1', 'Fig. 3, Sec. 6.2'), as a language writes it. */
import type { I18n } from '../state/i18n.svelte.ts';

const kinds = { 'Fig.': 'figure', Table: 'table', 'Sec.': 'section', 'App.': 'appendix' } as const;

export const paperPlace = (i18n: I18n, where: string): string =>
  new Intl.ListFormat(i18n.language).format(
    where.split(', ').map((part) => {
      const [kind, number] = part.split(' ') as [keyof typeof kinds, string];
      return i18n.t(`lab.where.${kinds[kind]}`, { number });
    }),
  );
