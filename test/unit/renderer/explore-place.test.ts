/** A place in Explore as its address: what is written is read again, and what is a step of its own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuplicateKind, mostPhotos, pickRules } from '../../../shared/contract.ts';
import { isStep, modes, parseExplorePlace, writeExplorePlace } from '../../../src-renderer/lib/explore-place.ts';
import type { ExplorePlace } from '../../../src-renderer/lib/explore-place.ts';
import { parseRoute, writeRoute } from '../../../src-renderer/state/router.svelte.ts';

const nowhere = parseExplorePlace({});

describe('the place in Explore', () => {
  const id = fc.oneof(fc.uuid(), fc.stringMatching(/^[\w&=#?/%+ü-]{1,8}$/));
  const places = fc
    .record<ExplorePlace>({
      run: fc.option(id),
      checkpoint: fc.option(id),
      folder: fc.option(id),
      mode: fc.constantFrom(...modes),
      trail: fc.array(fc.option(id), { maxLength: 12 }),
      leastCloser: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0), // no -0
      beside: fc.option(id),
      clusterCount: fc.integer({ min: 2, max: 200 }),
      tag: fc.option(id),
      search: id,
      tagged: fc.option(id),
      picked: fc.option(
        fc.record({
          by: fc.constantFrom(...pickRules),
          count: fc.integer({ min: 1, max: mostPhotos }),
          heedTags: fc.boolean(),
        }),
      ),
      measured: fc.boolean(),
      kind: fc.option(fc.constantFrom(...DuplicateKind.options)),
      view: fc.option(id),
    })
    .filter(({ mode, trail }) => mode !== 'neighbours' || trail.length > 0)
    .map((place) => (place.mode === 'search' ? place : { ...place, search: '', tagged: null }))
    .map((place) => (place.mode === 'pick' ? place : { ...place, picked: null, measured: false }))
    .map((place) => (place.mode === 'duplicates' ? place : { ...place, kind: null }));

  it('survives being written into an address and read', () => {
    fc.assert(
      fc.property(places, (place) => {
        const { query } = parseRoute(writeRoute({ place: 'explore', query: writeExplorePlace(place) }));
        expect(parseExplorePlace(query)).toEqual(place);
      }),
    );
  });

  it('is found in any address, and settles', () => {
    const texts = fc.dictionary(
      fc.constantFrom(
        'run',
        'mode',
        'photo',
        'via',
        'least',
        'clusters',
        'tag',
        'folder',
        'checkpoint',
        'beside',
        'q',
        'tagged',
        'picked',
        'gain',
        'kind',
        'view',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (query) => {
        const place = parseExplorePlace(query);
        expect(parseExplorePlace(writeExplorePlace(place))).toEqual(place);
      }),
    );
    for (const hash of ['#/explore?%E0%A', '#/explore?mode', '#/explore/x?=&&?', '#/explore?'])
      expect(parseRoute(hash).place).toBe('explore');
    expect(parseExplorePlace({ mode: 'constructor', least: '7', clusters: '2.5', via: 'a b' })).toEqual(nowhere);
  });

  it('of a link to a photo is its neighbours', () => {
    expect(parseExplorePlace({ run: 'r', photo: 'p' })).toMatchObject({ mode: 'neighbours', trail: ['p'] });
  });

  it('is another step with another query or mode, not with a filter', () => {
    expect(isStep(nowhere, { ...nowhere, mode: 'clusters' })).toBe(true);
    expect(isStep(nowhere, { ...nowhere, trail: ['a'] })).toBe(true);
    expect(isStep(nowhere, { ...nowhere, beside: 's' })).toBe(true);
    expect(isStep(nowhere, { ...nowhere, leastCloser: 0.4, clusterCount: 3 })).toBe(false);
    expect(isStep(nowhere, { ...nowhere, view: 'a' })).toBe(true);
    expect(isStep({ ...nowhere, view: 'a' }, { ...nowhere, view: 'b' })).toBe(false);
    const searched = { ...nowhere, mode: 'search' as const, search: 'st' };
    expect([isStep(nowhere, searched), isStep(searched, { ...searched, search: 'stars' })]).toEqual([true, false]);
  });
});
