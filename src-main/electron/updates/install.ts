/**
 * Installing with nothing lost: runs are saved and noted, the new file is put in place, the program starts again and
 * resumes them. Where the new one cannot be put in place, the old one goes on. Imports nothing of Electron.
 */
import { createReadStream, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { writeFileAtomicSync, writeStreamAtomic } from '../../files/atomic.ts';
import { removeTemporariesOf } from '../../files/temporary.ts';

/**
 * An AppImage is one file: the new one is written beside it and takes its name, so that at any moment there is a
 * whole one, which may be executed. (electron-updater deletes the old one first.) @throws FileError write-failed
 */
export async function replaceProgram(from: string, target: string): Promise<void> {
  await removeTemporariesOf(target).catch(() => {}); // where nothing can be written, writing says so
  const write = async (append: (bytes: Uint8Array) => Promise<void>) => {
    for await (const chunk of createReadStream(from)) await append(chunk as Uint8Array);
  };
  await writeStreamAtomic(target, write, { mode: 0o755 });
  await chmod(target, 0o755); // for all, whatever the system takes from new files
}

/** The part of electron-updater that puts a fetched version in place. */
export interface Installer {
  /** Windows and Linux: whether the installer was run. */
  install?(isSilent: boolean, isForceRunAfter: boolean): boolean;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
  once(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Runs the installer of the new version. On macOS it is Squirrel that puts it in place, which fetches it from
 * electron-updater only then, and ends this program itself: there this resolves never.
 * @throws why it was not put in place: a person gave no password, say
 */
export async function runInstaller(updater: Installer): Promise<void> {
  const failed = Promise.withResolvers<never>();
  updater.once('error', failed.reject);
  failed.promise.catch(() => {}); // told below, or nobody's business any more
  if (!updater.install) {
    updater.quitAndInstall(true, true);
    return failed.promise;
  }
  if (updater.install(true, true)) return;
  await Promise.race([failed.promise, Promise.reject(new Error('The installer was not run.'))]);
}

export interface InstallSteps {
  /** Runs that train or wait. */
  busy(): string[];
  noteFile: string;
  /** Resolves when they are saved and the application has ended. */
  save(): Promise<void>;
  /** Puts the new version in place; rejects where it could not. */
  place(): Promise<void>;
  /** Ends this program; the new one starts. */
  end(): void;
  /** Goes on in the old version; where the application has ended it is started, and reads the note as the new one would. */
  goOn(hasEnded: boolean): void;
}

/** @throws what a step failed with: the old version has gone on */
export async function installUpdate({ busy, noteFile, save, place, end, goOn }: InstallSteps): Promise<void> {
  let hasEnded = false;
  try {
    const runs = busy();
    if (runs.length > 0) writeFileAtomicSync(noteFile, `${JSON.stringify(runs)}\n`); // else nothing is stopped
    await save();
    hasEnded = true;
    await place();
  } catch (error) {
    goOn(hasEnded);
    throw error;
  }
  end();
}

/** The runs that an update interrupted, once: they are resumed now. */
export function takeNote(noteFile: string): string[] {
  try {
    const runs = JSON.parse(readFileSync(noteFile, 'utf8')) as unknown;
    return Array.isArray(runs) ? runs.filter((id) => typeof id === 'string') : [];
  } catch {
    return []; // there was no update
  } finally {
    rmSync(noteFile, { force: true });
  }
}
