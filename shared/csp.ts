/**
 * The content security policy of the window, the same in a browser and in Electron: a pure function of the
 * origin it is served from. Scripts and styles come from our own files only; nothing is ever fetched from
 * elsewhere. Hosts send it as a header, so that no page can be shown without it.
 */

/** `socket`: origin of the WebSocket the page may open (browser host), null where a message port is used. */
export function contentSecurityPolicy({ socket }: { socket: string | null }): string {
  const directives: Record<string, string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    // data: previews of augmented views; blob: a dropped or pasted photo, shown beside its neighbours
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': socket === null ? ["'self'"] : ["'self'", socket],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['svelte-trusted-html'],
  };
  return Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join('; ');
}

/** Headers beside the policy: no sniffing, no referrer, no embedding, no powers the window does not use. */
export const hardeningHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
};
