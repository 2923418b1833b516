/** A file of dicom() of rasters.ts in the other forms of a data set: without the kinds of its elements, with the highest byte first, deflated, without its head. */
import { deflateRawSync } from 'node:zlib';
import { dicom } from './rasters.ts';

const SYNTAX = '1.2.840.10008.1.2';
const LONG = ['OW', 'OB'];

interface Element {
  group: number;
  element: number;
  kind: string;
  content: Buffer;
}

/** What follows the head of a file. */
export const dataSetOf = (file: Buffer): Buffer => file.subarray(144 + file.readUInt32LE(140));

function elementsOf(file: Buffer): Element[] {
  const set = dataSetOf(file);
  const found: Element[] = [];
  for (let at = 0; at < set.length;) {
    const kind = set.toString('latin1', at + 4, at + 6);
    const long = LONG.includes(kind);
    const [head, length] = long ? [12, set.readUInt32LE(at + 8)] : [8, set.readUInt16LE(at + 6)];
    const content = set.subarray(at + head, at + head + length);
    found.push({ group: set.readUInt16LE(at), element: set.readUInt16LE(at + 2), kind, content });
    at += head + length;
  }
  return found;
}

const headed = (syntax: string, set: Buffer): Buffer => Buffer.concat([dicom([], SYNTAX + syntax), set]);

/** Little-endian, the kinds of elements left to be known. */
export const implicit = (file: Buffer): Buffer =>
  headed(
    '',
    Buffer.concat(
      elementsOf(file).flatMap(({ group, element, content }) => {
        const head = Buffer.alloc(8);
        head.writeUInt16LE(group, 0);
        head.writeUInt16LE(element, 2);
        head.writeUInt32LE(content.length, 4);
        return [head, content];
      }),
    ),
  );

/** The highest byte first, values of 16 bits included. */
export const bigEndian = (file: Buffer): Buffer =>
  headed(
    '.2',
    Buffer.concat(
      elementsOf(file).flatMap(({ group, element, kind, content }) => {
        const long = LONG.includes(kind);
        const head = Buffer.alloc(long ? 12 : 8);
        head.writeUInt16BE(group, 0);
        head.writeUInt16BE(element, 2);
        head.write(kind, 4, 'latin1');
        if (long) head.writeUInt32BE(content.length, 8);
        else head.writeUInt16BE(content.length, 6);
        return [head, ['US', 'SS', 'OW'].includes(kind) ? Buffer.from(content).swap16() : content];
      }),
    ),
  );

export const deflated = (file: Buffer): Buffer => headed('.1.99', deflateRawSync(dataSetOf(file)));
