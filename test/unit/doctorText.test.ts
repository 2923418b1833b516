/** What the doctor checks and advises has its words in both languages of the window. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { doctorText } from '../../shared/messages/doctor.ts';

const isChinese = (text: string) => /\p{Script=Han}/u.test(text);

describe('the doctor', () => {
  const source = readFileSync('src-main/app/system.ts', 'utf8');
  const asked = [...source.matchAll(/await check\(\s*'([^']+)',\s*'([^']+)'/g)].flatMap(([, name, remedy]) => [
    name!,
    remedy!,
  ]);

  it('says what it checks and advises in both languages', () => {
    expect(asked.length).toBeGreaterThanOrEqual(12);
    for (const text of [...asked, '76.9 GB free', '1 GB of 2 GB free', '2 runs, 3 folders', 'decoded 16 x 16']) {
      expect(doctorText(text, 'en').toLowerCase()).toBe(text.toLowerCase());
      expect(isChinese(doctorText(text, 'zh-CN')), text).toBe(true);
    }
    expect(doctorText('/home/me', 'zh-CN')).toBe('/home/me');
  });
});
