/**
 * Keeps the window connected: opens the transport of this host and opens it again when it is lost, soon at
 * first and then less often. What was missed is asked for by the state's parts at each connection.
 */
import type { Client } from '../../shared/client.ts';
import type { Desktop } from '../../shared/desktop.ts';
import { desktopPortMessage } from '../../shared/desktop.ts';
import { portTransport, webSocketTransport } from '../../shared/transport.ts';
import type { PortLike, WebSocketLike } from '../../shared/transport.ts';

declare global {
  interface Window {
    lookalike?: Desktop;
  }
}

export function openConnection(client: Client, desktop: Desktop | null): void {
  if (desktop) openPort(client, desktop);
  else openSocket(client);
}

/** The shell answers with a port as a window message; it sends another when the application was started anew. */
function openPort(client: Client, desktop: Desktop): void {
  addEventListener('message', (event) => {
    if (event.source === window && event.data === desktopPortMessage && event.ports[0])
      client.attach(portTransport(event.ports[0] as unknown as PortLike));
  });
  client.onConnection((connected) => {
    if (!connected) desktop.requestPort();
  });
  desktop.requestPort();
}

function openSocket(client: Client): void {
  let wait = 250;
  const open = () => {
    const url = new URL('socket', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = url.search = '';
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => {
      wait = 250;
      client.attach(webSocketTransport(socket as unknown as WebSocketLike));
    });
    socket.addEventListener('close', () => {
      setTimeout(open, wait);
      wait = Math.min(wait * 2, 5000);
    });
  };
  open();
}
