/** The menu and the tray as templates, in every language. */
import { describe, expect, it } from 'vitest';
import { desktopCatalogues, translator } from '../../shared/messages/desktop.ts';
import { places } from '../../shared/places.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';
import { menuTemplate, trayTemplate, trayTooltip } from '../../src-main/electron/menu.ts';
import { run } from './double/start.ts';

describe('menu and tray', () => {
  type Item = { label?: string; role?: string; click?: () => void; submenu?: Item[]; accelerator?: string };
  const flat = (items: Item[]): Item[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);
  it.each(['linux', 'darwin', 'win32'])(
    'every item of the menu on %s does something and is in the language',
    (platform) => {
      const gone: string[] = [];
      const items = (language: 'en' | 'zh-CN', development = false) =>
        flat(menuTemplate({ language, platform, development, go: (place) => gone.push(place) }) as Item[]);
      const chinese = items('zh-CN');
      for (const item of chinese) {
        if ((item as { type?: string }).type === 'separator') continue;
        expect(item.label).toBeTruthy();
        if (item.label !== 'Lookalike') expect(item.label).toMatch(/[一-鿿]/);
        expect(Boolean(item.role ?? item.click ?? item.submenu)).toBe(true);
        item.click?.();
      }
      expect(gone.sort()).toEqual([...places.map(({ id }) => id), 'new'].sort()); // File has a new run too
      const accelerators = chinese.flatMap(({ accelerator }) => accelerator ?? []);
      expect(new Set(accelerators).size).toBe(accelerators.length);
      expect(items('en').some(({ role }) => role === 'toggleDevTools')).toBe(false);
      expect(items('en', true).some(({ role }) => role === 'toggleDevTools')).toBe(true);
    },
  );
  it('the tray shows how far it is and offers what fits', () => {
    const t = translator('en');
    const did: string[] = [];
    const actions = {
      open: () => did.push('open'),
      pause: (id: string) => did.push(`pause ${id}`),
      resume: (id: string) => did.push(`resume ${id}`),
      quit: () => did.push('quit'),
    };
    const click = (items: Item[]) => items.forEach((item) => item.click?.());
    expect(trayTooltip(t, run(), false)).toBe('Lookalike: “Holiday”, 30 %');
    expect(trayTooltip(t, run({ state: 'paused' }), false)).toContain('paused');
    expect(trayTooltip(t, run({ steps: null }), false)).toContain('starts');
    expect(trayTooltip(t, null, false)).toBe('Lookalike');
    click(trayTemplate(t, run(), false, actions) as Item[]);
    click(trayTemplate(t, run({ state: 'paused' }), false, actions) as Item[]);
    expect(did).toEqual(['open', 'pause run1', 'quit', 'open', 'resume run1', 'quit']);
    expect(trayTemplate(t, run(), true, actions)).toEqual([{ label: 'Lookalike: saving…', enabled: false }]);
  });
  it('both languages have the same placeholders', () => {
    for (const [key, message] of Object.entries(desktopCatalogues.en))
      expect(placeholdersOf(desktopCatalogues['zh-CN'][key as 'menu.file'])).toEqual(placeholdersOf(message));
  });
});
