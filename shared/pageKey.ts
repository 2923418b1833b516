/**
 * The key of the window in a browser: a second secret beside the cookie, which every server on this machine is shown,
 * whatever its port. It comes once, behind the # of the address that a browser is sent to when it is let in, which no
 * server is sent, and is kept in the storage of pages of this very port.
 */

/** The header in which the page shows it; no page of elsewhere can send it without being asked first, and that is refused. */
export const KEY_HEADER = 'x-lookalike-key';

const PREFIX = '#key=';

export const addressWithKey = (key: string): string => `/${PREFIX}${key}`;

/** The key in what stands behind the # of an address; null: there is none. */
export const keyInAddress = (hash: string): string | null =>
  hash.startsWith(PREFIX) && hash.length > PREFIX.length ? hash.slice(PREFIX.length) : null;
