/**
 * Entry of the desktop program: flags, the home, one program for one home, and then the shell. What must happen
 * before Electron is ready happens here, in order; the rest is in shell.ts.
 */
import '../files/offline.ts'; // first: what follows may not send
import { app, protocol } from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeRefusal } from '../app/homeRefusal.ts';
import { defaultHome } from '../app/paths.ts';
import { isOffline } from '../files/offline.ts';
import { commandLineOf, parseFlags, usage } from './flags.ts';
import { guardAllContents } from './guard.ts';
import { offlineSwitches, scheme } from './policy.ts';
import { Shell } from './shell.ts';

const compiled = import.meta.url.endsWith('.js');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Compiled this file is dist/main/src-main/electron/main.js, in a checkout src-main/electron/main.ts. */
const root = here(compiled ? '../../../../' : '../../');
const extension = compiled ? '.js' : '.ts';

const argv = process.argv.slice(app.isPackaged ? 1 : 2);
const commandLine = commandLineOf(argv);
const flags = parseFlags(argv, process.cwd());
const home = flags.home ?? defaultHome();
const refused = homeRefusal(home);
if (commandLine) {
  app.setPath('userData', join(defaultHome(), 'command-line')); // no window's caches
  const { runInShell } = await import('./commandLine.ts');
  app.exit(await runInShell(commandLine, here(`../trainer/main${extension}`)));
} else if (flags.problem) {
  process.stderr.write(`lookalike: ${flags.problem}\n`);
  app.exit(2);
} else if (flags.help || flags.version) {
  process.stdout.write(`${flags.help ? usage : app.getVersion()}\n`);
  app.exit(0);
} else if (refused !== null) {
  // before a folder is made there
  const { sentenceOf } = await import('../../shared/sentences.ts');
  process.stderr.write(`lookalike: ${sentenceOf(refused, 'en')}\n`);
  app.exit(1);
} else {
  // One program for one home: Electron's lock is bound to this folder, and so are its caches.
  const ownFolder = join(home, 'desktop');
  mkdirSync(ownFolder, { recursive: true });
  app.setPath('userData', ownFolder);
  if (isOffline()) for (const [name, value] of offlineSwitches) app.commandLine.appendSwitch(name, value);
  app.enableSandbox();
  app.setAppUserModelId('app.lookalike.desktop');
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  if (!app.requestSingleInstanceLock())
    app.quit(); // the first one shows its window
  else {
    guardAllContents();
    const shell = new Shell({
      home,
      hidden: flags.hidden,
      files: {
        root,
        app: here(`../app/main${extension}`),
        trainer: here(`../trainer/main${extension}`),
        preload: join(root, 'dist/main/src-main/electron/preload.cjs'),
        renderer: join(root, 'dist/renderer'),
        icons: join(root, 'assets/icons'),
      },
    });
    process.on('uncaughtException', shell.tellFault).on('unhandledRejection', shell.tellFault);
    await app.whenReady();
    shell.start();
  }
}
