/**
 * Forms of DICOM: data sets of every syntax, with and without their head, values by their highest bit, floats, masks, and
 * windows beside the values. Each holds the scene of rasters.ts.
 */
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src-main/images/index.ts';
import { decodeBands } from '../../../src-main/images/decode/bandImage.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { bigEndian, dataSetOf, deflated, dicomOf, implicit, palette } from '../../helpers/dicomForms.ts';
import type { Elements } from '../../helpers/dicomForms.ts';
import { jpegLs, runLengths } from '../../helpers/packedRasters.ts';
import { dicom, encode, SIDE, values } from '../../helpers/rasters.ts';
import { grey, isScene, levels, meanDifference, numbers, rgb, wide } from '../../helpers/scene.ts';

/** The values themselves, from `low` on, in 16 bits. */
async function read(bytes: Buffer, low = 0, high = 65535): Promise<number[]> {
  const rule = { ...defaultRule, channels: 1, depth: 16, rule: 'fixed' as const, low, high };
  return [...(await decodeBands('scene', bytes, {}, rule)).image.data];
}

describe('a DICOM of 12 bits', () => {
  it.each([
    ['without the kinds of its elements', implicit(dicomOf(wide))],
    ['with the highest byte first', bigEndian(dicomOf(wide))],
    ['deflated', deflated(dicomOf(wide))],
    ['without what comes before its head', dicomOf(wide).subarray(132)],
    ['shifted to the top of its 16 bits', dicomOf(encode(numbers.map((n) => n * 16), 'u16'), { high: 15 })], // prettier-ignore
    ['beneath an overlay', dicomOf(encode(numbers.map((n, i) => n + (i % 7 === 0 ? 0x8000 : 0)), 'u16'))], // prettier-ignore
  ])('%s holds what was written', async (_, bytes) => {
    expect(await read(bytes)).toEqual(numbers);
  });
});

it('floats of 32 and 64 bits are read as they are', async () => {
  const scene = values(0, 2);
  for (const [type, element, bits] of [
    ['f32', 8, 32],
    ['f64', 9, 64],
  ] as const) {
    const found = await read(dicomOf(encode(scene, type), { element, bits }), 0, 2);
    found.forEach((value, i) => expect(Math.abs(value / 32767.5 - scene[i]!)).toBeLessThan(1e-4));
  }
});

it('a mask has a bit for each pixel, the lowest first, and frames follow without a gap', async () => {
  const isBright = grey.map((level) => level > 100);
  const bits = Buffer.alloc((2 * SIDE * SIDE) / 8);
  isBright.forEach((on, i) => on && (bits[(SIDE * SIDE + i) >> 3]! |= 1 << (i & 7)));
  const { data } = await decodeBytes('mask', dicomOf(bits, { bits: 1, more: [[0x28, 8, 'IS', '2']] }));
  expect([...data.filter((_, i) => i % 3 === 0)]).toEqual(isBright.map((on) => (on ? 255 : 0)));
});

it('a window beside all values is left, for it would show nothing', async () => {
  const window: Elements = [
    [0x28, 0x1050, 'DS', '20000'],
    [0x28, 0x1051, 'DS', '100'],
  ];
  const { data } = await decodeBytes('scene', dicomOf(wide, { more: window }));
  expect([Math.min(...data), Math.max(...data)]).toEqual([0, 255]);
});

it('a window of the form of an S rises with the values and is steepest in its middle', async () => {
  const window: Elements = [
    [0x28, 0x1050, 'DS', '2048'],
    [0x28, 0x1051, 'DS', '2000'],
    [0x28, 0x1056, 'LO', 'SIGMOID'],
  ];
  const { data } = await decodeBytes('scene', dicomOf(wide, { more: window }));
  numbers.forEach((value, i) => {
    const expected = 255 / (1 + Math.exp((-4 * (value - 2048)) / 2000));
    expect(Math.abs(data[3 * i]! - expected)).toBeLessThanOrEqual(1);
  });
});

it('a window of 8 bits is shown by, unless it shows all of them', async () => {
  const shown = async (centre: string, width: string) => {
    const more: Elements = [
      [0x28, 0x1050, 'DS', centre],
      [0x28, 0x1051, 'DS', width],
    ];
    const { data } = await decodeBytes('scene', dicomOf(Buffer.from(grey), { bits: 8, more }));
    return [...data.filter((_, i) => i % 3 === 0)];
  };
  expect(await shown('128', '256')).toEqual(grey);
  const narrow = await shown('50', '100');
  expect(narrow).toEqual(grey.map((level) => Math.min(255, Math.floor(level * 2.55 + 0.5))));
});

it('paddings of a range are not measured', async () => {
  const HOLES = 5 * SIDE;
  const padded = numbers.map((value, i) => (i < HOLES ? 60000 + (i % 9) : value));
  const more: Elements = [
    [0x28, 0x120, 'US', 60000],
    [0x28, 0x121, 'US', 60010],
  ];
  const { data } = await decodeBytes('scene', dicomOf(encode(padded, 'u16'), { stored: 16, more }));
  const seen = [...data.filter((_, i) => i % 3 === 0)];
  expect(new Set(seen.slice(0, HOLES))).toEqual(new Set([0]));
  expect(Math.max(...seen)).toBe(255);
});

it('colours of 16 bits that fill them are a photo', async () => {
  const levels = rgb.map((level) => level * 257);
  const { data, measured } = await decodeBytes(
    'scene',
    dicomOf(encode(levels, 'u16'), { kind: 'RGB', samples: 3, stored: 16 }),
  );
  expect(measured).toBeNull();
  expect([...data]).toEqual(rgb);
});

describe('colours', () => {
  const colours = { kind: 'RGB', samples: 3, bits: 8 };
  const planes = [0, 1, 2].flatMap((c) => rgb.filter((_, i) => i % 3 === c));

  it('band after band are put together', async () => {
    const { data } = await decodeBytes(
      'scene',
      dicomOf(Buffer.from(planes), { ...colours, more: [[0x28, 6, 'US', 1]] }),
    );
    expect([...data]).toEqual(rgb);
  });

  it('named YCbCr become red, green and blue', async () => {
    const ycc = rgb.flatMap((_, i) => {
      if (i % 3 !== 0) return [];
      const [r, g, b] = rgb.slice(i, i + 3) as [number, number, number];
      const y = 0.299 * r + 0.587 * g + 0.114 * b;
      return [y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402].map(Math.round);
    });
    const { data } = await decodeBytes('scene', dicomOf(Buffer.from(ycc), { ...colours, kind: 'YBR_FULL' }));
    data.forEach((level, i) => expect(Math.abs(level - rgb[i]!)).toBeLessThanOrEqual(2));
  });

  it('in JPEG-LS, one component after another', async () => {
    const packed = await jpegLs(Buffer.from(planes), { componentCount: 3, bitsPerSample: 8, interleave: 0 });
    const { data } = await decodeBytes('scene', dicomOf(packed, { ...colours, syntax: '.4.80' }));
    expect([...data]).toEqual(rgb);
  });
});

describe('a DICOM', () => {
  it('whose run lengths end within a literal is damaged', async () => {
    const whole = runLengths(wide, 2);
    await decodeBytes('scene', dicomOf(whole, { syntax: '.5' }));
    await expect(decodeBytes('scene', dicomOf(whole.subarray(0, -40), { syntax: '.5' }))).rejects.toMatchObject({
      code: 'truncated',
    });
  });

  it('in JPEG-LS of 8 bits beneath 16 allocated is read', async () => {
    const eight = Buffer.from(grey);
    expect(isScene(await levels(dicomOf(await jpegLs(eight, { bitsPerSample: 8 }), { syntax: '.4.80' })))).toBe(true);
  });

  it('without the head of a file is read', async () => {
    const whole = dicomOf(wide, { before: [[8, 5, 'CS', 'ISO_IR 100']] });
    const bare = Buffer.from(whole.subarray(144 + whole.readUInt32LE(140)));
    expect(isScene(await levels(bare))).toBe(true);
  });

  it('of a palette has its colours', async () => {
    const eight = Buffer.from(grey);
    const file = dicomOf(eight, { kind: 'PALETTE COLOR', bits: 8, more: palette });
    const { data } = await decodeBytes('scene', file);
    expect(
      meanDifference(
        data,
        grey.flatMap((level) => [level, 255 - level, 255 - level]),
      ),
    ).toBeLessThan(1);
  });

  it('has the tables of its modality and of what is shown, in place of a slope and a window', async () => {
    const darker = Array.from({ length: 4096 }, (_, i) => 65535 - 16 * i);
    const inverted = encode(
      numbers.map((value) => 4095 - value),
      'u16',
    );
    const item: Elements = [
      [0x28, 0x3002, 'US', encode([4096, 0, 16], 'u16')],
      [0x28, 0x3006, 'OW', encode(darker, 'u16')],
    ];
    const bare = dataSetOf(dicom(item, '1.2.840.10008.1.2.1'));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0xe000fffe, 0);
    head.writeUInt32LE(bare.length, 4);
    for (const sequence of [0x3000, 0x3010]) {
      const more: Elements = [[0x28, sequence, 'SQ', Buffer.concat([head, bare])]];
      expect(isScene(await levels(dicomOf(inverted, { more }))), `${sequence}`).toBe(true);
    }
  });
});
