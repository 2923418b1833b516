/** What stands in for fpm: electron-builder's words are understood, and become a control file and a spec. */
import { describe, expect, it } from 'vitest';
import { control, readOrder, spec } from '../../scripts/packaging/fpm.ts';

const words = (format: string) =>
  [
    ['-s', 'dir', '--force', '-t', format, '-d', 'libgtk-3-0', '-d', '(libXtst or libXtst6)'],
    ['--deb-recommends', 'libappindicator3-1', '--architecture', 'amd64', '--version', '1.2.3-beta.1'],
    ['--description', 'In a word\n \n In three words.', '--package', '/out/a.deb', '--name', 'lookalike'],
    ['--maintainer', 'Who <who@example.org>', '--vendor', 'Who', '--url', 'https://example.org', '--license', 'MIT'],
    ['/built/=/opt/Lookalike', '/a=b.png=/usr/share/icons/a=b.png'],
  ].flat();

describe('fpm', () => {
  it('understands what electron-builder says', () => {
    const order = readOrder(words('deb'));
    expect(order).toMatchObject({ format: 'deb', depends: ['libgtk-3-0', '(libXtst or libXtst6)'] });
    expect(order.files[0]).toEqual({ from: '/built/', to: '/opt/Lookalike' });
    expect(order.options.name).toBe('lookalike');
    expect(() => readOrder(words('pacman'))).toThrow("makes deb and rpm, not 'pacman'");
    expect(() => readOrder([...words('deb'), 'stray'])).toThrow("'stray' says no target");
  });

  it('writes a control file', () => {
    expect(control(readOrder(words('deb')), 12)).toBe(
      `Package: lookalike
Version: 1.2.3-beta.1
Architecture: amd64
Maintainer: Who <who@example.org>
Installed-Size: 12
Depends: libgtk-3-0, (libXtst or libXtst6)
Recommends: libappindicator3-1
Section: graphics
Homepage: https://example.org
Description: In a word
 .
 In three words.
`,
    );
  });

  it('leaves out the address of a project that has none', () => {
    const none = (format: string) =>
      readOrder(words(format).map((word) => (word === 'https://example.org' ? 'https://lookalike.invalid' : word)));
    expect(control(none('deb'), 12)).not.toContain('Homepage');
    expect(spec(none('rpm'), [], [])).not.toMatch(/URL|invalid/);
    expect(spec(readOrder(words('rpm')), [], [])).toContain('\nURL: https://example.org\nVendor: Who\n');
  });

  it('writes a spec that owns its own folders alone', () => {
    const text = spec(readOrder(words('rpm')), ['/opt/Lookalike', '/usr/share/icons'], ['/opt/Lookalike/a b']);
    expect(text).toContain('Version: 1.2.3_beta.1\n');
    expect(text).toContain('Requires: (libXtst or libXtst6)\n');
    expect(text).toContain('%dir "/opt/Lookalike"\n"/opt/Lookalike/a b"\n');
    expect(text).not.toContain('%dir "/usr/share/icons"');
  });
});
