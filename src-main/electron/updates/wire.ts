/** Updates of an installed Lookalike, tied to Electron: where to look, who signs, how the new version is put in place. */
import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/atomic.ts';
import type { UpdatesOff } from '../../../shared/desktop.ts';
import { replaceProgram, runInstaller } from './install.ts';
import type { Installer } from './install.ts';
import { addressOf, readFeed, whyNoUpdates } from './policy.ts';
import { Updates } from './updates.ts';
import type { Updater } from './updates.ts';

export interface Wired {
  /** The folder of the program: package.json is in it, with the public key of updates. */
  root: string;
  /** The folder for what this installation keeps (updates.json). */
  folder: string;
  offline: boolean;
  busy(): boolean;
  /** Saves all runs and ends the program; `place` puts the new version in place and says what starts then. */
  install(place: () => Promise<void>): Promise<void>;
}

/** Loaded when it is needed: most installations never look for an update. */
const load = async () => (await import('electron-updater')).default.autoUpdater;

export function wireUpdates({ root, folder, offline, busy, install }: Wired): Updates | UpdatesOff {
  const { updateKey } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { updateKey?: string };
  const key = updateKey ? Buffer.from(updateKey, 'base64').toString('utf8') : null;
  const feedFile = join(process.resourcesPath ?? '', 'app-update.yml');
  const why = whyNoUpdates({ packaged: app.isPackaged, offline, hasFeed: existsSync(feedFile), key });
  if (why) return why;
  const appImage = process.env.APPIMAGE;
  return new Updates({
    updater: async () => (await load()) as unknown as Updater,
    key: key!,
    address: addressOf(readFeed(readFileSync(feedFile, 'utf8'))),
    stateFile: join(folder, 'updates.json'),
    write: writeFileAtomic,
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    busy,
    install: (file) =>
      install(async () => {
        if (!appImage) return await runInstaller((await load()) as unknown as Installer);
        await replaceProgram(file, appImage);
        app.relaunch({ execPath: appImage, args: process.argv.slice(1) });
      }),
  });
}
