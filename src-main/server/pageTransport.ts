/** The WebSocket of a page at the host's end: frames as webSocketTransport has them, a long one read beside (app/arriving.ts). */
import type { WebSocket } from 'ws';
import { frameOf, messageOf } from '../../shared/frames.ts';
import { TextParts } from '../../shared/longText.ts';
import { emitter } from '../../shared/transport.ts';
import type { Message, Transport } from '../../shared/contract.ts';
import { Arriving } from '../app/index.ts';

/** @param most bytes that a message may have */
export function pageTransport(socket: WebSocket, most: number): Transport {
  const events = emitter();
  const hear = (message: Message | null) => {
    if (message) events.message(message);
    else socket.close(); // whoever speaks something else has no business here
  };
  const arriving = new Arriving(hear);
  const parts = new TextParts<Uint8Array>(most);
  const takeText = (frame: Uint8Array) => {
    try {
      const text = parts.take(frame);
      if (text) arriving.take(text);
    } catch {
      socket.terminate(); // too long
    }
  };
  socket.binaryType = 'arraybuffer';
  socket.on('message', (data, isBinary) => {
    if (isBinary) hear(messageOf(data as ArrayBuffer));
    else takeText(data as Buffer); // as its bytes, whatever is asked for
  });
  socket.on('close', () => events.closed());
  return {
    send(message) {
      if (socket.readyState === socket.OPEN) socket.send(frameOf(message));
    },
    onMessage: events.onMessage,
    onClose: events.onClose,
    close: () => socket.close(),
  };
}
