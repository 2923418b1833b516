/**
 * The places of the window, in the order of the menu and the sidebar: router, shortcuts, screenshots and tests read
 * them too. What a place shows is src-renderer/places, which App.svelte maps it to; its name is `nav.<id>` in the
 * catalogues.
 */
interface PlaceRow {
  id: string;
  /** Of the sidebar; null: reached by the brand above it. */
  group: 'train' | 'use' | 'program' | null;
  /** Name of an icon of the window. */
  icon: string;
  /** The key that opens it when pressed after g. */
  key: string;
  /** Whether it is in the menu Go; others have an item of their own elsewhere. */
  inGoMenu: boolean;
}

export const places = [
  { id: 'welcome', group: null, icon: 'help', key: 'w', inGoMenu: true },
  { id: 'library', group: 'train', icon: 'photos', key: 'l', inGoMenu: true },
  { id: 'new', group: 'train', icon: 'plus', key: 'n', inGoMenu: true },
  { id: 'monitor', group: 'train', icon: 'pulse', key: 'm', inGoMenu: true },
  { id: 'runs', group: 'train', icon: 'runs', key: 'r', inGoMenu: true },
  { id: 'explore', group: 'use', icon: 'explore', key: 'e', inGoMenu: true },
  { id: 'evaluate', group: 'use', icon: 'target', key: 'v', inGoMenu: true },
  { id: 'lab', group: 'use', icon: 'flask', key: 'b', inGoMenu: true },
  { id: 'export', group: 'use', icon: 'export', key: 'x', inGoMenu: true },
  { id: 'activity', group: 'program', icon: 'clock', key: 'a', inGoMenu: true },
  { id: 'settings', group: 'program', icon: 'settings', key: 's', inGoMenu: false },
  { id: 'help', group: 'program', icon: 'help', key: 'h', inGoMenu: false },
] as const satisfies readonly PlaceRow[];

export type Place = (typeof places)[number]['id'];
export type PlaceGroup = 'train' | 'use' | 'program';

export const placeGroups = ['train', 'use', 'program'] as const satisfies readonly PlaceGroup[];
