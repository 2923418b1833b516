/** The thread behind arriving.ts: reads one message, whose long texts it hands back a little at a time. */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../shared/frames.ts';
import { LENGTH_PER_TURN, textOf } from './arriving.ts';
import type { Read, Some, Told } from './arriving.ts';

const parts: (string | Uint8Array)[] = [];
/** What is handed back when more is asked for. */
let rest: Generator<Some> | undefined;

function* inPieces(texts: readonly string[]): Generator<Some> {
  for (const text of texts)
    for (let at = 0; at < text.length; at += LENGTH_PER_TURN)
      yield { text: text.slice(at, at + LENGTH_PER_TURN), isLast: at + LENGTH_PER_TURN >= text.length };
}

function read(): Read {
  const message = messageOf(textOf(parts));
  if (message?.type !== 'request' || typeof message.params !== 'object') return { message, long: [] };
  const entries = Object.entries(message.params ?? {}) as [string, unknown][];
  const isLong = ([, value]: [string, unknown]) => typeof value === 'string' && value.length > LENGTH_PER_TURN;
  const long = entries.filter(isLong) as [string, string][];
  rest = inPieces(long.map(([, text]) => text));
  const params = Object.fromEntries(entries.filter((entry) => !isLong(entry)));
  return { message: long.length > 0 ? { ...message, params } : message, long: long.map(([key]) => key) };
}

parentPort!.on('message', (told: Told) => {
  if (told === 'all') parentPort!.postMessage(read());
  else if (told === 'more') parentPort!.postMessage(rest!.next().value);
  else parts.push(told.part);
});
