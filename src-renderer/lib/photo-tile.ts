/** A photo of the Library as a tile: colours of its tags, and on hover and read out their names and that it is excluded. */
import type { ImageInfo } from '../../shared/contract.ts';
import { shownName } from '../../shared/fileNames.ts';
import { photoName } from '../../shared/parts.ts';
import type { App } from '../state/app.svelte.ts';

export function photoTile({ i18n, tags }: Pick<App, 'i18n' | 'tags'>, image: ImageInfo) {
  const own = image.tags.flatMap((id) => tags.get(id) ?? []);
  return {
    id: image.id,
    name: shownName(photoName(image.file, image.part)),
    faded: image.excluded,
    detail: [...(image.excluded ? [i18n.t('library.isExcluded')] : []), ...own.map(({ name }) => name)].join(', '),
    marks: own.map(({ color }) => color),
  };
}
