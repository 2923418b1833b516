/**
 * Keeps the window connected: opens the transport of this host and opens it again when it is lost, soon at
 * first and then less often. What was missed is asked for by the state's parts at each connection.
 */
import type { Client } from '../../shared/client.ts';
import type { Desktop } from '../../shared/desktop.ts';
import { desktopPortMessage } from '../../shared/desktop.ts';
import { KEY_HEADER } from '../../shared/pageKey.ts';
import { portTransport, webSocketTransport } from '../../shared/transport.ts';
import type { PortLike, WebSocketLike } from '../../shared/transport.ts';

declare global {
  interface Window {
    lookalike?: Desktop;
  }
}

/** Told what the browser host says of this browser each time a ticket for the connection is asked for. */
export interface Door {
  /** The key that the page shows for one (shared/pageKey.ts); null where it has none. */
  key(): string | null;
  /** The browser was let in, under this id; null: it is shut out, until somebody lets it in again. */
  onBrowser(browserId: string | null): void;
}

export function openConnection(client: Client, desktop: Desktop | null, door: Door): void {
  if (desktop) openPort(client, desktop);
  else openSocket(client, door);
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

const waits = { first: 250, most: 5000 };

function openSocket(client: Client, door: Door): void {
  let wait = waits.first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    timer = setTimeout(() => void open(), wait);
    wait = Math.min(wait * 2, waits.most);
  };
  const open = async () => {
    timer = undefined;
    const ticket = await askForTicket(door);
    if (ticket === null) return later();
    const url = new URL('socket', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    url.search = new URLSearchParams({ ticket }).toString();
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => {
      wait = waits.first;
      client.attach(webSocketTransport(socket as unknown as WebSocketLike));
    });
    socket.addEventListener('close', later);
  };
  // Who comes back to the page does not wait for the next try.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || timer === undefined) return;
    clearTimeout(timer);
    void open();
  });
  void open();
}

/** Null where nobody answers, or where this browser is shut out. */
async function askForTicket(door: Door): Promise<string | null> {
  try {
    const answer = await fetch(new URL('ticket', location.href), {
      cache: 'no-store',
      headers: { [KEY_HEADER]: door.key() ?? '' },
    });
    if (answer.status === 401 || answer.status === 403) door.onBrowser(null);
    if (!answer.ok) return null;
    const { ticket, browserId } = (await answer.json()) as { ticket: string; browserId: string };
    door.onBrowser(browserId);
    return ticket;
  } catch {
    return null; // the application has ended
  }
}
