/** Native dialogs, in the person's language: picking, closing while training, and what went wrong. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import type { FileKind, PickedFile } from '../../shared/desktop.ts';
import type { Translate } from '../../shared/messages/desktop.ts';
import { pickable } from './policy.ts';

export async function pickFolder(parent: BrowserWindow, t: Translate): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, {
    title: t('pick.title'),
    buttonLabel: t('pick.button'),
    properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** @throws Error in the person's language where the file cannot be read or is too large to be of its kind */
export async function pickFile(parent: BrowserWindow, t: Translate, kind: FileKind): Promise<PickedFile | null> {
  const { extensions, maxBytes } = pickable[kind];
  const { canceled, filePaths } = await dialog.showOpenDialog(parent, {
    title: t(`pick.${kind}`),
    buttonLabel: t('pick.button'),
    filters: [
      { name: t(`pick.${kind}.files`), extensions },
      { name: t('pick.all'), extensions: ['*'] },
    ],
    properties: ['openFile', 'dontAddToRecent'],
  });
  const path = filePaths[0];
  if (canceled || path === undefined) return null;
  const name = basename(path);
  if (maxBytes === 0) return { name, path, bytes: null };
  const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(t('pick.unreadable', { name, code: error.code ?? '' }));
  });
  if (size > maxBytes) throw new Error(t('pick.tooLarge', { name, most: Math.floor(maxBytes / 2 ** 20) }));
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(t('pick.unreadable', { name, code: error.code ?? '' }));
  });
  return { name, path, bytes: new Uint8Array(bytes) };
}

export interface ClosingAnswer {
  choice: 'background' | 'stop' | 'cancel';
  remember: boolean;
}

const closings = ['background', 'stop', 'cancel'] as const;

/**
 * Asks what closing the window while a run trains means. @param waiting how many runs wait behind the one that is named
 */
export async function askClosing(
  parent: BrowserWindow,
  t: Translate,
  name: string,
  waiting: number,
): Promise<ClosingAnswer> {
  const { response, checkboxChecked } = await dialog.showMessageBox(parent, {
    type: 'question',
    message: t('close.message', { name }),
    detail: [t('close.detail'), ...(waiting > 0 ? [t('close.waiting', { count: waiting })] : [])].join('\n\n'),
    buttons: closings.map((choice) => t(`close.${choice}`)),
    defaultId: 0,
    cancelId: 2,
    checkboxLabel: t('close.remember'),
    noLink: true,
  });
  const choice = closings[response] ?? 'cancel';
  return { choice, remember: checkboxChecked && choice !== 'cancel' };
}

/** Asks whether a damaged history is to be made again; nothing of it is deleted. */
export async function askRepair(parent: BrowserWindow, t: Translate, sentence: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(parent, {
    type: 'error',
    message: t('start.message'),
    detail: `${sentence}\n\n${t('repair.detail')}`,
    buttons: [t('button.repair'), t('button.quit')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}

/** Shows a message with one button; resolves when the person has closed it. */
export async function tell(
  parent: BrowserWindow,
  type: 'warning' | 'error',
  message: string,
  detail: string,
  button: string,
): Promise<void> {
  await dialog.showMessageBox(parent, { type, message, detail, buttons: [button], noLink: true });
}
