/** Where a photo is on the disk, and how files are named: '/' between parts, on Windows too. */
import { statSync } from 'node:fs';
import { sep } from 'node:path';
import { systemPath } from '../../files/index.ts';
import type { DatasetRow, ImageRow } from '../../db/index.ts';

export const portable = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));

export const photoPath = (dataset: Pick<DatasetRow, 'folder'>, row: Pick<ImageRow, 'file'>): string =>
  `${dataset.folder}${/[/\\]$/.test(dataset.folder) ? '' : sep}${sep === '/' ? row.file : row.file.replaceAll('/', sep)}`;

/** The disk that a folder lies on; undefined where there is no such folder. What lies under a mount is another one. */
export function deviceOf(folder: string): number | undefined {
  try {
    return statSync(systemPath(folder)).dev;
  } catch {
    return undefined;
  }
}
