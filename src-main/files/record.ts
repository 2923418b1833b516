/**
 * Small JSON files of our own, written whole or not at all: a version, a checksum and the content. By the version the
 * caller knows how to read it; an older form without either is read as version 0. What is damaged is told apart from
 * what is missing.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from './atomic.ts';
import { checksum } from './checksum.ts';
import { FileError } from './errors.ts';

const Envelope = z.strictObject({ version: z.int().min(1), checksum: z.string(), content: z.unknown() });

export interface KeptRecord {
  version: number;
  content: unknown;
}

const encodeRecord = (version: number, content: unknown): string =>
  `${JSON.stringify({ version, checksum: checksum(JSON.stringify(content)), content }, null, 1)}\n`;

/** Writes a record atomically. @throws FileError write-failed */
export const writeRecord = (path: string, version: number, content: unknown): Promise<void> =>
  writeFileAtomic(path, encodeRecord(version, content));

/** Reads a record. @throws FileError bad-file where it is damaged; the system's error where it cannot be read */
export async function readRecord(path: string): Promise<KeptRecord> {
  return decodeRecord(await readFile(path, 'utf8'), path);
}

/** @throws FileError bad-file */
function decodeRecord(text: string, path: string): KeptRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FileError('bad-file.damaged', { path });
  }
  const { success, data } = Envelope.safeParse(value);
  if (!success) return { version: 0, content: value };
  if (checksum(JSON.stringify(data.content)) !== data.checksum) throw new FileError('bad-file.damaged', { path });
  return { version: data.version, content: data.content };
}
