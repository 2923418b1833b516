/** Bands that are scaled and augmented as colours are: to the bit in 8 bits, finer in 16. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { RunConfig } from '../../../shared/config.ts';
import { augmentView, drawParameters } from '../../../src-main/images/augment/index.ts';
import { evaluationBands, greyOf, trainingBands } from '../../../src-main/images/bands.ts';
import { evaluationImage } from '../../../src-main/images/index.ts';

/** A picture of noise and edges, and its three planes. */
function picture(width = 61, height = 47) {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (Math.imul(i + 7, 2654435761) >>> 11) & 255);
  const planes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) planes[(i % 3) * width * height + Math.floor(i / 3)] = data[i]!;
  return { rgb: { width, height, data }, bands: { width, height, channels: 3, data: planes } };
}

describe('bands at other sizes', () => {
  it('are to the bit what colours are, in 8 bits, and the same but finer in 16', () => {
    const { rgb, bands } = picture();
    const expected = evaluationImage(rgb, 24);
    const found = evaluationBands(bands, 24).data;
    const wide = evaluationBands({ ...bands, data: Uint16Array.from(bands.data, (value) => value * 257) }, 24).data;
    for (let i = 0; i < 3 * 576; i++) {
      expect(found[(i % 3) * 576 + Math.floor(i / 3)]).toBe(expected[i]);
      expect(Math.abs(wide[i]! / 257 - found[i]!)).toBeLessThan(1.01); // 8 bits round twice
    }
  });

  it('have training copies that are cut and shrunk as photos are', async () => {
    const { bands } = picture(300, 40);
    const { width, height, data } = trainingBands(bands, 20);
    expect([width, height]).toEqual([80, 20]);
    const expected = await sharp(Buffer.from(bands.data.subarray(0, 12000)), {
      raw: { width: 300, height: 40, channels: 1 },
    })
      .extract({ left: 70, top: 0, width: 160, height: 40 })
      .resize(80, 20, { fit: 'fill', kernel: 'cubic' })
      .extractChannel(0)
      .raw()
      .toBuffer();
    const off = expected.map((value, i) => Math.abs(value - data[i]!)).reduce((a, b) => a + b, 0) / expected.length;
    expect(off).toBeLessThan(1.5);
    expect(trainingBands(bands, 64)).toMatchObject({ width: 160, height: 40 }); // never enlarged
  });

  it('grey of equal colours is those colours', () => {
    const data = Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3));
    expect([...greyOf({ width: 256, height: 1, data }).data]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });
});

describe('views of bands', () => {
  const { augment } = RunConfig.parse({});
  const { rgb, bands } = picture();
  const plain = { mean: [0, 0, 0], std: [1, 1, 1] };

  it('are those of colours where nothing speaks of colours, in 8 and 16 bits', () => {
    const still = { ...augment, jitter: 0, grayscale: 0, blur: 1, verticalFlip: 0.5 };
    for (let view = 0; view < 6; view++) {
      const [a, b, c] = [0, 1, 2].map(() => new Float32Array(3 * 32 * 32)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const drawn = drawParameters(still, 4, 1, 'photo', view, rgb.width, rgb.height);
      augmentView(rgb, drawn, 32, a, 0, plain);
      expect(drawParameters(still, 4, 1, 'photo', view, rgb.width, rgb.height, 3)).toEqual(drawn);
      augmentView(bands, drawn, 32, b, 0, plain);
      augmentView({ ...bands, data: Uint16Array.from(bands.data, (value) => value * 257) }, drawn, 32, c, 0, plain);
      const off = (x: Float32Array) => Math.max(...x.map((value, i) => Math.abs(value - a[i]!)));
      expect([off(b), off(c)].every((most) => most < 1e-5)).toBe(true);
    }
  });

  it('change brightness and contrast of each band by its own numbers, and neither hue nor grey', () => {
    const loud = { ...augment, jitter: 1, grayscale: 1, blur: 0, flip: 0 };
    const drawn = drawParameters(loud, 4, 1, 'photo', 0, rgb.width, rgb.height, 7);
    expect(drawn.grayscale).toBe(false);
    expect([...drawn.jitter!.order].sort()).toEqual(['brightness', 'contrast']);
    expect(new Set(drawn.bands!.map(({ brightness }) => brightness)).size).toBe(7);
    expect(
      drawn.bands!.every(
        ({ brightness, contrast }) => Math.abs(brightness - 1) <= 0.4 && Math.abs(contrast - 1) <= 0.4,
      ),
    ).toBe(true);
    expect(drawParameters(loud, 4, 1, 'photo', 0, rgb.width, rgb.height, 3).bands).toEqual(drawn.bands!.slice(0, 3));

    const jitter = { ...drawn.jitter!, order: ['contrast' as const] };
    const even = { ...drawn, jitter, bands: [1, 0.5, 0].map((contrast) => ({ brightness: 1, contrast })) };
    const [still, view] = [new Float32Array(3 * 1024), new Float32Array(3 * 1024)];
    augmentView(bands, { ...even, jitter: null, bands: undefined } as never, 32, still, 0, plain);
    augmentView(bands, even, 32, view, 0, plain);
    const mean = (plane: number) => still.subarray(plane * 1024, (plane + 1) * 1024).reduce((a, b) => a + b, 0) / 1024;
    for (let i = 0; i < 1024; i++) {
      expect(view[i]).toBeCloseTo(still[i]!, 6);
      expect(view[1024 + i]).toBeCloseTo(0.5 * still[1024 + i]! + 0.5 * mean(1), 5);
      expect(view[2048 + i]).toBeCloseTo(mean(2), 5);
    }
  });
});
