/** Which small picture vouches for a HEIC, and files whose pictures are not packed as cameras pack them. */
import { describe, expect, it } from 'vitest';
import { isCopy, withTails, withThumbnails } from '../../../src-main/images/decode/hevcDamage.ts';
import { heicFixture } from '../../helpers/phonePictures.ts';

/** A slope, whose lower right sixteenth is grey where it is smeared. */
function slope(width: number, height: number, isSmeared = false) {
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
    data.fill(isSmeared && x > 0.75 && y > 0.75 ? 128 : 250 * x, 4 * i, 4 * i + 3);
  }
  return { width, height, data };
}

describe('a thumbnail', () => {
  it('vouches for the picture that it is a copy of', () => {
    expect(isCopy(slope(32, 24), slope(320, 240))).toBe(true);
  });

  it.each([
    ['is smeared', slope(320, 240, true)],
    ['has another shape', slope(320, 180)],
  ])('vouches for none that %s', (_, picture) => {
    expect(isCopy(slope(32, 24), picture)).toBe(false);
  });
});

describe('a file without tails', () => {
  it('is one whose places make no sense', () => {
    const file = heicFixture('pattern');
    const list = file.indexOf('iloc') + 4;
    expect(withTails(file)).not.toBeNull();
    for (const [at, value] of [
      [4, 0x88],
      [6, 0xff],
      [18, 0x7f],
    ] as const) {
      // prettier-ignore
      const damaged = Buffer.from(file);
      damaged[list + at] = value;
      expect(withTails(damaged), `${at}`).toBeNull();
    }
    expect(withTails(Buffer.from('no boxes'))).toBeNull();
  });

  it('stays as it is where it has no thumbnail', () => {
    const file = heicFixture('pattern');
    expect(withThumbnails(file)).toBe(file);
  });
});
