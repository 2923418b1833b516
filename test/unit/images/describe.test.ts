/** Ratings and keywords of XMP and IPTC, as cameras and programs write them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { descriptionOf, describeFile } from '../../../src-main/images/describe.ts';
import { sharedFolder } from '../../helpers/folders.ts';

const packet = (inside: string, attributes = '', dc = 'dc') =>
  `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:${dc}="http://purl.org/dc/elements/1.1/" ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
const subject = (...words: string[]) =>
  `<dc:subject><rdf:Bag>${words.map((word) => `<rdf:li>${word}</rdf:li>`).join('')}</rdf:Bag></dc:subject>`;

/** A resource of Photoshop with datasets of IPTC. */
function iptc(...datasets: [record: number, dataset: number, value: Buffer][]): Buffer {
  const records = datasets.map(([record, dataset, value]) => {
    const head = Buffer.from([0x1c, record, dataset, 0, 0]);
    head.writeUInt16BE(value.length, 3);
    return Buffer.concat([head, value]);
  });
  const data = Buffer.concat(records);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([Buffer.from('Photoshop 3.0\0' + '8BIM\x04\x04\0\0', 'latin1'), length, data]);
}

const folder = sharedFolder('describe');
let jpeg: Buffer;
beforeAll(async () => {
  jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
});

describe('XMP', () => {
  it('gives the rating as an attribute or an element, and keywords of dc:subject', () => {
    expect(descriptionOf(Buffer.from(packet(subject('heron', 'two words'), 'xmp:Rating="4"')))).toEqual({
      rating: 4,
      keywords: ['heron', 'two words'],
    });
    expect(descriptionOf(Buffer.from(packet('<xmp:Rating>-1</xmp:Rating>')))).toEqual({ rating: -1, keywords: [] });
    expect(descriptionOf(Buffer.from(packet('<xmp:Rating>0</xmp:Rating>'))).rating).toBeNull();
    expect(descriptionOf(Buffer.from(packet('', 'xmp:Rating="99"'))).rating).toBeNull();
  });
  it('knows its names by their namespaces, undoes entities, and leaves other properties alone', () => {
    const inside = `<a:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></a:creator>
      <a:subject><rdf:Bag><rdf:li> R&amp;D &#x2605;&#233; </rdf:li><rdf:li><![CDATA[a<b & c]]></rdf:li><rdf:li>r&amp;d ★é</rdf:li></rdf:Bag></a:subject>`;
    expect(descriptionOf(Buffer.from(packet(inside, 'x:Rating="5"', 'a')))).toEqual({
      rating: null,
      keywords: ['R&D ★é', 'a<b & c'],
    });
  });
  it('is found where a PNG has it compressed with a language, and not where that is damaged', () => {
    const compressed = deflateSync(Buffer.from(packet(subject('heron'))));
    const chunk = (data: Buffer) => {
      const body = Buffer.concat([Buffer.from('iTXtXML:com.adobe.xmp\0\x01\0en\0name\0', 'latin1'), data]);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length - 4);
      return Buffer.concat([Buffer.from('\x89PNG'), length, body, Buffer.from('crc.')]);
    };
    expect(descriptionOf(chunk(compressed)).keywords).toEqual(['heron']);
    expect(descriptionOf(chunk(compressed.subarray(0, 40))).keywords).toEqual([]);
  });
  it('is nothing where the packet is cut off, or is no packet', () => {
    const whole = packet(subject('heron'), 'xmp:Rating="4"');
    for (const text of [whole.slice(0, -60), 'x:xmpmeta', '', '<x:xmpmeta></x:xmpmeta>'])
      expect(descriptionOf(Buffer.from(text))).toEqual({ rating: null, keywords: [] });
  });
});

describe('IPTC', () => {
  it('gives keywords in UTF-8 and in Latin-1', () => {
    const utf8 = iptc(
      [1, 90, Buffer.from('\x1b%G', 'latin1')],
      [2, 5, Buffer.from('title')],
      [2, 25, Buffer.from('日本')],
    );
    expect(descriptionOf(Buffer.concat([jpeg, utf8])).keywords).toEqual(['日本']);
    const latin = iptc([2, 25, Buffer.from('caf\xe9', 'latin1')], [2, 25, Buffer.from('Heron')]);
    expect(descriptionOf(Buffer.concat([Buffer.from(packet(subject('heron'))), latin])).keywords).toEqual([
      'heron',
      'café',
    ]);
    for (let cut = 0; cut < latin.length; cut++) expect(() => descriptionOf(latin.subarray(0, cut))).not.toThrow();
  });
});

describe('a file', () => {
  it.each(['jpeg', 'png', 'webp', 'tiff'] as const)('%s: as sharp writes XMP into it', async (format) => {
    const file = join(folder, `inside.${format}`);
    const image = sharp(jpeg).withXmp(packet(subject('heron'), 'xmp:Rating="3"'));
    writeFileSync(file, await image.toFormat(format).toBuffer());
    expect(await describeFile(file)).toEqual({ rating: 3, keywords: ['heron'], taken: null, camera: null });
  });
  it('is read at both ends, where it is large', async () => {
    const large = Buffer.alloc(3_000_000);
    const xmp = packet(subject('end'));
    const file = join(folder, 'large.raw');
    writeFileSync(file, Buffer.concat([large, Buffer.from(xmp)]));
    expect((await describeFile(file)).keywords).toEqual(['end']);
    const words = Array.from({ length: 150 }, (_, i) => `word ${i}`);
    writeFileSync(file, Buffer.concat([large.subarray(0, 1_048_000), Buffer.from(packet(subject(...words))), large]));
    expect((await describeFile(file)).keywords).toEqual(words);
  });
  it('goes after the file beside it, which is not touched', async () => {
    const file = join(folder, 'photo.jpg');
    writeFileSync(
      file,
      await sharp(jpeg)
        .withXmp(packet(subject('inside'), 'xmp:Rating="1"'))
        .jpeg()
        .toBuffer(),
    );
    for (const beside of ['photo.xmp', 'photo.jpg.xmp']) {
      const xmp = packet(subject('beside', beside), 'xmp:Rating="5"');
      writeFileSync(join(folder, beside), xmp);
      expect(await describeFile(file)).toMatchObject({ rating: 5, keywords: ['beside', beside, 'inside'] });
      expect(readFileSync(join(folder, beside), 'utf8')).toBe(xmp);
    }
  });

  it.each(['in capitals.jpg.XMP', 'in capitals.XMP'])('is found as %s', async (name) => {
    const own = join(folder, name.replace(/\W/g, ''));
    mkdirSync(own);
    writeFileSync(join(own, 'in capitals.jpg'), jpeg);
    writeFileSync(join(own, name), packet(subject('heron')));
    expect((await describeFile(join(own, 'in capitals.jpg'))).keywords).toEqual(['heron']);
  });

  it.each([
    ['UTF-16 with a mark', Buffer.from(`\ufeff${packet(subject('Möwe'), 'xmp:Rating="3"')}`, 'utf16le')],
    [
      'UTF-16, the other way round',
      Buffer.from(`\ufeff${packet(subject('Möwe'), 'xmp:Rating="3"')}`, 'utf16le').swap16(),
    ],
    ['UTF-16 without a mark', Buffer.from(packet(subject('Möwe'), 'xmp:Rating="3"'), 'utf16le')],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${packet(subject('Möwe'), 'xmp:Rating="3"')}`)],
  ])('is read in %s', async (name, bytes) => {
    const photo = join(folder, `${name}.jpg`);
    writeFileSync(photo, jpeg);
    writeFileSync(`${photo}.xmp`, bytes);
    expect(await describeFile(photo)).toMatchObject({ rating: 3, keywords: ['Möwe'] });
    writeFileSync(`${photo}.xmp`, bytes.subarray(0, bytes.length - 301)); // cut off, in the middle of a letter
    await describeFile(photo);
  });

  it.skipIf(process.platform === 'win32')(
    'is not waited for where it is a pipe, nor read where it is huge',
    async () => {
      const photo = join(folder, 'odd.jpg');
      writeFileSync(photo, jpeg);
      execFileSync('mkfifo', [`${photo}.xmp`]);
      const huge = join(folder, 'odd.xmp');
      writeFileSync(huge, packet(subject('heron')));
      truncateSync(huge, 2 ** 40);
      expect((await describeFile(photo)).keywords).toEqual([]);
    },
  );

  it.each([
    ['subjects', '<dc:subject>'],
    ['subjects that do not even end', '<dc:subject'],
    ['subjects that are empty at last', `${'<dc:subject '.repeat(300_000)}/>`],
    ['keywords', `<dc:subject><rdf:Bag>${'<rdf:li>'.repeat(400_000)}`],
    ['keywords that do not even end', `<dc:subject><rdf:Bag>${'<rdf:li'.repeat(400_000)}</rdf:Bag></dc:subject>`],
    ['marks of a text', `${subject('<![CDATA['.repeat(400_000))}`],
  ])('with a great many %s, none of which is closed, takes no time', (_, inside) => {
    const many = inside.length > 1000 ? inside : inside.repeat(300_000);
    const began = performance.now();
    descriptionOf(Buffer.from(packet(many)));
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('without content is none, and ends nothing', () => {
    const inside = `<dc:subject/><dc:subjects>no</dc:subjects>${subject('', 'heron')}`.replace(
      '<rdf:li></rdf:li>',
      '<rdf:li/>',
    );
    expect(descriptionOf(Buffer.from(packet(inside))).keywords).toEqual(['heron']);
  });
});
