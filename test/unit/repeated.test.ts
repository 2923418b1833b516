/** Photos that are one and the same picture, told from photos that are only dim or alike. */
import { describe, expect, it } from 'vitest';
import { mostRepeated } from '../../src-main/evaluate/index.ts';

const SIZE = 3 * 32 * 32;
/** A repeatable number from 0 to 1. */
const noise = (seed: number) => {
  const x = Math.sin(12.9898 * seed) * 43758.5453;
  return x - Math.floor(x);
};
/** Waves of a direction and phase of their own: `levels` from dark to bright. */
const waves = (i: number, levels: number) =>
  Uint8Array.from({ length: SIZE }, (_, k) => {
    const [x, y] = [Math.floor(k / 3) % 32, Math.floor(k / 96)];
    const angle = 6.28 * noise(i);
    return Math.round(
      (levels / 2) * (1 + Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) / 3 + 7 * noise(i + 0.5))),
    );
  });
/** Red alone, as a stain is seen: brighter than the other two by far, whatever is on it. */
const inOneChannel = (picture: Uint8Array) => picture.map((x, k) => (k % 3 === 0 ? 200 + x : 0));
const together = (pictures: Uint8Array[]) => {
  const all = new Uint8Array(pictures.length * SIZE);
  pictures.forEach((picture, i) => all.set(picture, i * SIZE));
  return all;
};
const many = (count: number, picture: (i: number) => Uint8Array) =>
  together(Array.from({ length: count }, (_, i) => picture(i)));
/** As a JPEG changes a picture that is saved again. */
const savedAgain = (picture: Uint8Array, i: number) =>
  picture.map((x, k) => Math.max(0, Math.min(255, Math.round(x + 6 * (noise(i * SIZE + k) - 0.5)))));

describe('the same picture', () => {
  it('is found whether it was copied or saved again', () => {
    expect(mostRepeated(many(40, () => waves(3, 255)))).toEqual({ count: 40, of: 40, blank: false });
    expect(mostRepeated(many(40, (i) => savedAgain(waves(3, 255), i)))).toEqual({ count: 40, of: 40, blank: false });
  });

  it('is counted among others', () => {
    expect(mostRepeated(many(40, (i) => (i % 4 === 0 ? waves(i, 255) : waves(999, 255))))).toMatchObject({ count: 30 });
  });

  it('is blank where nothing is on it, noise of one level included', () => {
    expect(mostRepeated(new Uint8Array(40 * SIZE))).toEqual({ count: 40, of: 40, blank: true });
    const faint = many(40, (i) => Uint8Array.from({ length: SIZE }, (_, k) => Number(noise(i * SIZE + k) < 0.05)));
    expect(mostRepeated(faint)).toEqual({ count: 40, of: 40, blank: true });
    expect(mostRepeated(many(40, () => inOneChannel(waves(1, 0))))).toEqual({ count: 40, of: 40, blank: true });
  });

  it('is not what dim or pale photos are', () => {
    expect(mostRepeated(many(40, (i) => waves(i, 7))).count).toBe(1);
    expect(mostRepeated(many(40, (i) => waves(i, 20).map((x) => x + 230))).count).toBe(1);
    expect(mostRepeated(many(40, (i) => inOneChannel(waves(i, 20)))).count).toBe(1);
  });
});
