/** Placeholders of cloud services, by what systems say of files: values as their clients are documented to leave them. */
import { describe, expect, it } from 'vitest';
import { isPhotosLibrary, isPlaceholder, isProtected, placeholderOf } from '../../src-main/images/elsewhere.ts';

describe('a file whose content is elsewhere', () => {
  it.each([
    ['OneDrive, online only', { size: 2_482_113, blocks: 0 }, 'C:\\Users\\a\\OneDrive\\IMG_1.jpg', 'win32', true],
    [
      'OneDrive, on this computer',
      { size: 2_482_113, blocks: 4848 },
      'C:\\Users\\a\\OneDrive\\IMG_1.jpg',
      'win32',
      false,
    ],
    ['NTFS, within its own tables', { size: 612, blocks: 0 }, 'C:\\a\\icon.png', 'win32', false],
    ['a share that counts no blocks', { size: 90_000, blocks: 0 }, '\\\\nas\\photos\\1.jpg', 'win32', false],
    ['iCloud Drive', { size: 3_104_226, blocks: 0 }, '/Users/a/Library/Mobile Documents/1.HEIC', 'darwin', true],
    ['Dropbox', { size: 88_412, blocks: 0 }, '/Users/a/Library/CloudStorage/Dropbox/1.jpg', 'darwin', true],
    ['APFS', { size: 88_412, blocks: 176 }, '/Users/a/Pictures/1.jpg', 'darwin', false],
    ['a share of a Mac', { size: 88_412, blocks: 0 }, '/Volumes/nas/1.jpg', 'darwin', false],
    ['a file system of Linux that counts no blocks', { size: 88_412, blocks: 0 }, '/mnt/1.jpg', 'linux', false],
  ] as const)('%s', (_, found, path, platform, expected) => {
    expect(isPlaceholder(found, path, platform)).toBe(expected);
  });

  it('is known by the names of older placeholders too', () => {
    expect(placeholderOf('.IMG_0042.HEIC.icloud')).toBe('IMG_0042.HEIC');
    for (const name of ['.icloud', 'a.icloud', '.hidden.jpg']) expect(placeholderOf(name)).toBeNull();
  });
});

it('libraries of Apple Photos, and folders that macOS keeps from programs, are told from others', () => {
  expect(isPhotosLibrary('/Users/a/Pictures/Photos Library.photoslibrary')).toBe(true);
  expect(isPhotosLibrary('/Users/a/Pictures/Photos Library.photoslibrary/originals')).toBe(false);
  expect([isProtected({ code: 'EPERM' }, 'darwin'), isProtected({ code: 'EACCES' }, 'darwin')]).toEqual([true, false]);
  expect(isProtected({ code: 'EPERM' }, 'linux')).toBe(false);
});
