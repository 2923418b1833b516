/**
 * Pictures as phones write them: HEIC, and JPEG with a gain map. The two HEIC files beside the image tests are the picture of
 * pictures.ts, encoded once with libheif's heif-enc 1.15 (`heif-enc -q 90 -p chroma=444 pattern.png -o pattern.heic`;
 * pattern-p3.heic from a JPEG with sharp's Display P3 profile and the EXIF orientation 6).
 */
import { readFileSync } from 'node:fs';
import { boxesOf, boxOf, short } from '../../src-main/images/decode/isoBoxes.ts';
import { pattern } from './pictures.ts';

export const heicFixture = (name: 'pattern' | 'pattern-p3'): Buffer =>
  readFileSync(new URL(`../unit/images/fixtures/${name}.heic`, import.meta.url));

/**
 * The HEIC picture with an `irot` property of `quarterTurns` counter-clockwise: heif-enc writes none, every telephone
 * does.
 */
export const rotatedHeic = (quarterTurns: number): Buffer =>
  withProperty(heicFixture('pattern'), boxOf('irot', [quarterTurns]), true);

/** The HEIC picture mirrored by a property: 0 top to bottom, 1 left to right. */
export const mirroredHeic = (axis: 0 | 1): Buffer => withProperty(heicFixture('pattern'), boxOf('imir', [axis]), true);

/** The HEIC or AVIF with its colours named by numbers (ITU-T H.273). */
export const coded = (file: Buffer, primaries: number, transfer: number): Buffer =>
  withProperty(file, boxOf('colr', Buffer.from('nclx'), short(primaries), short(transfer), short(6), [0x80]));

/**
 * A HEIC or AVIF with a further property of its first picture, beside which its transparency may be. Boxes: meta { iloc,
 * iprp { ipco, ipma } }; sizes and where the data of each lie move along.
 */
function withProperty(source: Buffer, property: Buffer, essential = false): Buffer {
  const box = (name: string) => source.indexOf(name, 0, 'latin1') - 4;
  const properties = box('ipco');
  const association = box('ipma');
  const end = association + 19 + source[association + 18]!; // of the first picture's properties
  const number = 1 + [...boxesOf(source, properties + 8, properties + source.readUInt32BE(properties))].length;
  const out = Buffer.concat([
    source.subarray(0, association),
    property,
    source.subarray(association, end),
    Buffer.from([number | (essential ? 0x80 : 0)]),
    source.subarray(end),
  ]);
  const grow = (at: number, by: number) => out.writeUInt32BE(out.readUInt32BE(at) + by, at);
  grow(properties, property.length);
  grow(association + property.length, 1);
  grow(box('iprp'), property.length + 1);
  grow(box('meta'), property.length + 1);
  for (let item = 0; item < source.readUInt16BE(box('iloc') + 14); item++)
    grow(box('iloc') + 20 + 18 * item, property.length + 1); // where the item's data begin
  out[association + property.length + 18]! += 1;
  return out;
}

/**
 * The JPEG with a gain map, as recent telephones store photos (Ultra HDR): a second JPEG behind the first, announced in
 * XMP and in a multi-picture index.
 */
export async function ultraHdrJpeg(base: Buffer): Promise<Buffer> {
  const segment = (marker: number, body: Buffer): Buffer => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(body.length + 2, 2);
    return Buffer.concat([head, body]);
  };
  const xmp = (description: string): Buffer =>
    segment(
      0xe1,
      Buffer.from(
        'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
          `<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" ${description}</rdf:RDF></x:xmpmeta>`,
        'latin1',
      ),
    );
  const bare = await pattern(48, 32).greyscale().jpeg().toBuffer();
  const range =
    'GainMapMin="0" hdrgm:GainMapMax="2" hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" hdrgm:OffsetHDR="0.015625"';
  const gainMap = Buffer.concat([
    bare.subarray(0, 2),
    xmp(`hdrgm:${range} hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="2" hdrgm:BaseRenditionIsHDR="False"/>`),
    bare.subarray(2),
  ]);
  const item = (attributes: string) =>
    `<rdf:li rdf:parseType="Resource"><Container:Item ${attributes} Item:Mime="image/jpeg"/></rdf:li>`;
  const namespaces =
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"';
  const contents = item('Item:Semantic="Primary"') + item(`Item:Semantic="GainMap" Item:Length="${gainMap.length}"`);
  const directory = xmp(
    `${namespaces}><Container:Directory><rdf:Seq>${contents}</rdf:Seq></Container:Directory></rdf:Description>`,
  );

  const index = Buffer.alloc(86); // 'MPF\0', a TIFF header, three tags, two pictures of 16 bytes
  const total = base.length + directory.length + index.length + 4;
  index.write('MPF\0MM\0*', 0, 'latin1');
  index.writeUInt32BE(8, 8);
  index.writeUInt16BE(3, 12);
  const tags = [
    [0xb000, 7, 4, 0x30313030],
    [0xb001, 4, 1, 2],
    [0xb002, 7, 32, 50],
  ] as const;
  tags.forEach(([tag, type, count, value], i) => {
    index.writeUInt16BE(tag, 14 + 12 * i);
    index.writeUInt16BE(type, 16 + 12 * i);
    index.writeUInt32BE(count, 18 + 12 * i);
    index.writeUInt32BE(value, 22 + 12 * i);
  });
  [0x030000, total, 0, 0, 0, gainMap.length, total - (2 + directory.length + 8)].forEach((value, i) =>
    index.writeUInt32BE(value, 54 + 4 * i),
  );
  return Buffer.concat([base.subarray(0, 2), directory, segment(0xe2, index), base.subarray(2), gainMap]);
}
