/** What a page of the shell may do and load: its window's settings, where it may go, what it may ask, its own scheme. */
import { describe, expect, it } from 'vitest';
import {
  isTrustedSender,
  mayDownload,
  mayNavigate,
  mayRequest,
  mayUse,
  windowOptions,
} from '../../src-main/electron/policy.ts';
import { routeOf } from '../../src-main/electron/routes.ts';

describe('the window', () => {
  it('is isolated, sandboxed and without Node', () => {
    const { webPreferences } = windowOptions({ preload: '/p.cjs', bounds: { width: 1, height: 1 }, dark: false });
    expect(webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      spellcheck: false,
    });
  });

  it.each(['app://lookalike/', 'app://lookalike/#/runs', 'app://lookalike/?x=1#/monitor/a'])('may be at %s', (url) =>
    expect(mayNavigate(url)).toBe(true),
  );
  it.each([
    'https://example.org/',
    'file:///etc/passwd',
    'app://other/',
    'app://lookalike.example.org/',
    'app://user@lookalike/',
    'app://lookalike/assets/main.js',
    'app://lookalike/image/a',
    'data:text/html,x',
    'javascript:alert(1)',
    'about:blank',
    'blob:app://lookalike/x',
    '',
  ])('may not be at %s', (url) => expect(mayNavigate(url)).toBe(false));

  it('is heard from its main frame alone', () => {
    const frame = { url: 'app://lookalike/#/runs', parent: null };
    expect(isTrustedSender({ senderFrame: frame })).toBe(true);
    expect(isTrustedSender({ senderFrame: null })).toBe(false);
    expect(isTrustedSender({ senderFrame: { ...frame, parent: frame } })).toBe(false);
    expect(isTrustedSender({ senderFrame: { ...frame, url: 'https://example.org/' } })).toBe(false);
  });

  it('may write text to the clipboard, and nothing else', () => {
    expect(mayUse('clipboard-sanitized-write', 'app://lookalike/', true)).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'app://lookalike/', false)).toBe(false);
    expect(mayUse('clipboard-sanitized-write', 'https://example.org/', true)).toBe(false);
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'midi',
      'openExternal',
      'fileSystem',
      'hid',
      'usb',
      'display-capture',
      'unknown',
    ])
      expect(mayUse(permission, 'app://lookalike/', true)).toBe(false);
  });

  it('asks nothing of the network', () => {
    for (const url of ['app://lookalike/assets/a.js', 'data:image/png;base64,', 'blob:app://lookalike/1'])
      expect(mayRequest(url)).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://localhost/',
      'file:///etc/passwd',
      'blob:https://example.org/1',
      'devtools://devtools/x',
    ])
      expect(mayRequest(url)).toBe(false);
    expect(mayRequest('devtools://devtools/x', true)).toBe(true);
    expect(mayDownload('blob:app://lookalike/1')).toBe(true);
    expect(mayDownload('blob:https://example.org/1')).toBe(false);
    expect(mayDownload('https://example.org/setup.exe')).toBe(false);
  });
});

describe('app://lookalike/', () => {
  const files = new Set(['/index.html', '/assets/main.js']);
  it.each([
    ['app://lookalike/', { kind: 'file', path: '/index.html' }],
    ['app://lookalike/assets/main.js?v=1', { kind: 'file', path: '/assets/main.js' }],
    ['app://lookalike/image/a_B-9', { kind: 'image', id: 'a_B-9', size: 256, run: null }],
    ['app://lookalike/image/a?size=64', { kind: 'image', id: 'a', size: 64, run: null }],
    ['app://lookalike/image/a?size=64&run=b-1&by=x', { kind: 'image', id: 'a', size: 64, run: 'b-1' }],
    ['app://lookalike/image/a?size=64&run=../b', { kind: 'image', id: 'a', size: 64, run: null }],
  ])('%s is answered', (url, target) => expect(routeOf('GET', url, files)).toEqual(target));

  it.each([
    'app://lookalike/nothing.js',
    'app://lookalike/../index.html',
    'app://lookalike/assets/../index.html',
    'app://lookalike/assets/%2e%2e/index.html',
    'app://lookalike/assets/..%2findex.html',
    'app://lookalike/image/../../etc/passwd',
    'app://lookalike/image/..',
    'app://lookalike/image/%2fetc%2fpasswd',
    'app://lookalike/image//etc/passwd',
    'app://lookalike/image/a/b',
    'app://lookalike/image/C:\\photo.jpg',
    `app://lookalike/image/${'a'.repeat(65)}`,
    'app://lookalike//assets/main.js',
    'app://lookalike/assets',
    'app://elsewhere/',
    'https://lookalike/',
  ])('%s is 404', (url) => expect(routeOf('GET', url, files)).toMatchObject({ kind: 'refused', status: 404 }));

  it('refuses other methods and sizes', () => {
    expect(routeOf('POST', 'app://lookalike/', files)).toMatchObject({ status: 405 });
    for (const size of ['0', '15', '2049', '1e9', 'NaN', '64.5', '-1'])
      expect(routeOf('GET', `app://lookalike/image/a?size=${size}`, files)).toMatchObject({ status: 400 });
  });
});
