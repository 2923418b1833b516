/** Lists that the window, the shell and the decoders share: places and photo formats. */
import { describe, expect, it } from 'vitest';
import { acceptedImages, imageExtensions, imageFormats } from '../../shared/imageFormats.ts';
import { places } from '../../shared/places.ts';
import { en } from '../../shared/messages/window/index.ts';
import { pickable } from '../../src-main/electron/policy.ts';
import { IMAGE_EXTENSIONS } from '../../src-main/images/index.ts';
import { parseRoute, writeRoute } from '../../src-renderer/state/router.svelte.ts';

describe('places', () => {
  it('have a name, a key of their own, and an address that leads back to them', () => {
    expect(new Set(places.map(({ key }) => key)).size).toBe(places.length);
    for (const { id } of places) {
      expect(en).toHaveProperty([`nav.${id}`]);
      expect(parseRoute(writeRoute({ place: id, id: 'a/b ü', query: { q: '1' } }))).toEqual({
        place: id,
        id: 'a/b ü',
        query: { q: '1' },
      });
    }
  });

  it.each(['#/monitor/%E0%A4%A', '#/%', '#/lab/%'])(
    'an address that is cut off (%s) shows a place all the same',
    (hash) => {
      expect(places.map(({ id }) => id)).toContain(parseRoute(hash).place);
    },
  );
});

describe('photo formats', () => {
  it('are offered by every file picker with every extension that is read', () => {
    for (const extension of IMAGE_EXTENSIONS) {
      expect(pickable.image.extensions).toContain(extension);
      expect(acceptedImages.split(',')).toContain(`.${extension}`);
    }
    expect(new Set(imageExtensions).size).toBe(imageExtensions.length);
    expect(imageFormats.flatMap(({ extensions }) => extensions)).toEqual([...imageExtensions]);
  });
});
