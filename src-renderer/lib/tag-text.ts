/** A tag in a list to choose from, with how many photos of what is on screen have it. */
import type { Tag } from '../../shared/contract.ts';
import type { I18n } from '../state/i18n.svelte.ts';
import type { Tags } from '../state/tags.svelte.ts';

export function tagText(i18n: I18n, tags: Tags, tag: Tag): string {
  const count = tags.counts.of(tag);
  return count === null ? tag.name : `${tag.name} (${i18n.number(count)})`;
}
