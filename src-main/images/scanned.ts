/** What a walk through a folder of photos finds (scan.ts), and counts. */
import type { PassedOver, Skipped } from '../../shared/contract/dataset.ts';

interface ScannedImage {
  kind: 'image';
  path: string;
  /** From the scanned folder, with the system's separators. */
  relative: string;
  bytes: number;
  /** Modification time in ms. */
  modified: number;
}

/** `bytes` is the size of a file that is not on this computer, where that is known. */
export type SkippedFile = Skipped & { kind: 'skipped'; bytes?: number };

/** A file beside a photo that says something of it. */
export interface Sidecar {
  kind: 'sidecar';
  /** From the scanned folder, with the system's separators and the ending .xmp. */
  relative: string;
  modified: number;
}
export type ScanEntry = ScannedImage | SkippedFile | Sidecar;

/** What was passed over without a line of its own. Filled in while the scan runs. */
export interface ScanCounts {
  folders: number;
  images: number;
  skipped: number;
  hidden: number;
  /** Files that are no images, by extension or content. */
  other: number;
  /** Of these the ones that a person may look for, by kind. */
  passed: PassedOver;
}

export function emptyScanCounts(): ScanCounts {
  return { folders: 0, images: 0, skipped: 0, hidden: 0, other: 0, passed: {} };
}
