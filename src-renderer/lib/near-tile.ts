/** A photo of a list by likeness as a tile of a grid: its rank and how near it is, in words on hover and read out. */
import type { App } from '../state/app.svelte.ts';
import { closerShare } from './closer-text.ts';
import type { Neighbour } from './explore-lists.ts';

/**
 * @param index its place in the list, from 0 @param of how many photos it is one
 * @param detail what the list is by: how near it is to what was asked, or how far from all
 * @param isOnBoth another list beside this one has it as well
 */
export function nearTile(
  { i18n, names }: Pick<App, 'i18n' | 'names'>,
  { imageId, similarity, closer }: Neighbour,
  index: number,
  of: number,
  detail: 'explore.nearDetail' | 'explore.outlierDetail',
  isOnBoth = false,
) {
  const values = {
    rank: i18n.number(index + 1),
    of: i18n.number(of),
    share: closerShare(i18n, closer),
    cosine: i18n.number(similarity, 3),
  };
  return {
    id: imageId,
    name: names.get(imageId) || i18n.t('explore.photo', { index: index + 1 }),
    caption: i18n.t('explore.near', values),
    detail: isOnBoth ? i18n.t('explore.besideAlso', { detail: i18n.t(detail, values) }) : i18n.t(detail, values),
    ...(isOnBoth && { marks: ['var(--accent)'] }),
  };
}
