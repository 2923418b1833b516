/**
 * Fetches one file of a known address and sum, and goes on where an earlier attempt was interrupted: what has come lies
 * beside the file under its name and `.part`, and is never taken for it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isLoopback, moveInto, writeFailed } from '../../files/index.ts';
import { KeyedError } from '../../../shared/errors.ts';
import type { KeyOf } from '../../../shared/errors.ts';

export class FetchError<Key extends KeyOf<'not-fetched'> = KeyOf<'not-fetched'>> extends KeyedError<Key> {
  override readonly name = 'FetchError';
}

export interface Wanted {
  /** https; http where it is this computer. */
  address: string;
  /** In hexadecimal digits. */
  sha256: string;
  /** Where it is to lie, in a folder that is there. */
  into: string;
}

export interface FetchControl {
  signal: AbortSignal;
  /** Bytes that are here, and of how many; null where the publisher does not say. */
  progress(bytes: number, of: number | null): void;
  /** All is here and is looked at. */
  checking(): void;
}

/** A server that says nothing for so long has gone. */
const SILENCE = 60_000;
const REDIRECTS = 5;

export const hostOf = (address: string): string => new URL(address).host;

/** What the server sends, from this byte on. Follows it to another path, never to another host. @throws FetchError */
async function answerOf({ address, into }: Wanted, from: number, signal: AbortSignal): Promise<Response> {
  const [host, file] = [hostOf(address), basename(into)];
  let at = new URL(address);
  for (let i = 0; ; i++) {
    // a file that came packed would be no such part of itself
    const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
    const answer = await fetch(at, { redirect: 'manual', signal, headers });
    const onward = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || onward === null) return answer;
    await answer.body?.cancel();
    at = new URL(onward, at);
    const isAgreed = at.host === host && (at.protocol === 'https:' || isLoopback(at.hostname));
    if (!isAgreed || i >= REDIRECTS) throw new FetchError('not-fetched.elsewhere', { host, other: at.host, file });
  }
}

/**
 * Fetches the file to where it is wanted. Where it is given up or breaks, what has come stays for the next time.
 * @throws FetchError, FileError write-failed
 */
export async function download(wanted: Wanted, control: FetchControl): Promise<void> {
  const part = `${wanted.into}.part`;
  const host = hostOf(wanted.address);
  const file = basename(wanted.into);
  let bytes = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const silent = new AbortController();
  const signal = AbortSignal.any([control.signal, silent.signal]);
  const timer = setTimeout(() => silent.abort(new Error(`nothing came for ${SILENCE / 1000} s`)), SILENCE);
  try {
    const answer = await answerOf(wanted, bytes, signal);
    const isWhole = answer.status === 416; // there is nothing behind what has come
    if (isWhole) await answer.body?.cancel();
    else bytes = await append(answer, part, bytes, { ...wanted, ...control, signal, alive: () => timer.refresh() });
  } catch (error) {
    control.signal.throwIfAborted();
    if (error instanceof KeyedError) throw error;
    const detail = detailOf(error);
    const has = (await stat(part).catch(() => ({ size: 0 }))).size;
    if (has === bytes) throw new FetchError('not-fetched.unreached', { host, file, detail });
    throw new FetchError('not-fetched.broken', { host, megabytes: Math.round(has / 1e6), detail });
  } finally {
    clearTimeout(timer);
  }
  control.checking();
  const sum = await sumOf(part, control.signal);
  if (sum !== wanted.sha256) {
    await rm(part, { force: true });
    throw new FetchError('not-fetched.sum', { host, file, sum: sum.slice(0, 8) });
  }
  await moveInto(part, wanted.into);
}

/** Writes what comes behind what is there, or anew where the server begins anew. @returns how many bytes are here */
async function append(
  answer: Response,
  part: string,
  from: number,
  { address, into, progress, alive }: Wanted & FetchControl & { alive(): void },
): Promise<number> {
  const [host, file] = [hostOf(address), basename(into)];
  if ((answer.status !== 200 && answer.status !== 206) || !answer.body) {
    await answer.body?.cancel();
    throw new FetchError('not-fetched.answer', { host, file, status: answer.status });
  }
  let bytes = answer.status === 206 ? from : 0;
  const coming = Number(answer.headers.get('content-length')) || null;
  const of = coming && bytes + coming;
  const target = await open(part, bytes > 0 ? 'a' : 'w', 0o600).catch((error: unknown) => {
    throw writeFailed(into, error);
  });
  try {
    progress(bytes, of);
    for await (const piece of answer.body) {
      alive();
      await target.appendFile(piece).catch((error: unknown) => {
        throw writeFailed(into, error);
      });
      bytes += piece.length;
      progress(bytes, of);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  if (of !== null && bytes < of) throw new Error('it ended early');
  return bytes;
}

/** What the system says of a connection, which stands behind fetch's own words. */
function detailOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

/** SHA-256 of a file in hexadecimal digits. */
export async function sumOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { signal })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
