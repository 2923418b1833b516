/** Folders in the system's temporary one, for what a test puts on a disk; they go with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

const make = (name: string): string => mkdtempSync(join(tmpdir(), `lookalike-${name}-`));
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** A folder for the tests of a file, or of a `describe`: called where these are named, not in a hook. */
export function sharedFolder(name: string): string {
  const folder = make(name);
  afterAll(() => remove(folder));
  return folder;
}

/** A folder for one test: called in it, or in a hook before it. */
export function testFolder(name: string): string {
  const folder = make(name);
  onTestFinished(() => remove(folder));
  return folder;
}
