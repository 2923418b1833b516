/** `npm run manual`: builds the manual (docs/manual) as a site of plain pages into dist/manual. No script is in it, and nothing is fetched from elsewhere. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chapters, renderChapter, titleOf } from '../src-renderer/help/manual.ts';
import type { Chapter } from '../src-renderer/help/manual.ts';

const root = join(import.meta.dirname, '..');
const output = join(root, 'dist/manual');
const languages = { en: 'English', 'zh-CN': '简体中文' } as const;
type Language = keyof typeof languages;

const read = (language: Language, chapter: Chapter) =>
  readFileSync(join(root, 'docs/manual', language, `${chapter}.md`), 'utf8');

const style = `:root{color-scheme:light dark}body{margin:0;font:16px/1.6 system-ui,sans-serif;display:grid;
grid-template-columns:240px minmax(0,760px);gap:48px;padding:32px}nav a{display:block;padding:4px 0}
pre{overflow-x:auto;padding:12px 16px;border:1px solid #8884;border-radius:8px}
th,td{text-align:left;vertical-align:top;padding:6px 16px 6px 0}img{max-width:100%}
[aria-current]{font-weight:650}@media(max-width:900px){body{grid-template-columns:1fr}}`;

function page(language: Language, chapter: Chapter): string {
  const markdown = read(language, chapter);
  const picture = chapter === 'charts' ? 'monitor' : chapter === 'own-folder' ? 'library' : null;
  const suffix = language === 'en' ? 'light' : language;
  const entries = chapters.map((id) => {
    const current = id === chapter ? ' aria-current="page"' : '';
    return `<a href="${id}.html"${current}>${titleOf(read(language, id))}</a>`;
  });
  const others = Object.entries(languages)
    .filter(([id]) => id !== language)
    .map(([id, name]) => `<a href="../${id}/${chapter}.html" lang="${id}">${name}</a>`);
  const body = renderChapter(markdown, (id) => `${id}.html`);
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${titleOf(markdown)} · Lookalike</title>
<link rel="stylesheet" href="../style.css">
<nav><strong>Lookalike</strong>${entries.join('')}<hr>${others.join('')}</nav>
<main>${body}${picture ? `<img src="../pictures/${picture}-${suffix}.webp" alt="">` : ''}</main>
</html>
`;
}

rmSync(output, { recursive: true, force: true });
for (const language of Object.keys(languages) as Language[]) {
  mkdirSync(join(output, language), { recursive: true });
  for (const chapter of chapters) writeFileSync(join(output, language, `${chapter}.html`), page(language, chapter));
}
writeFileSync(join(output, 'style.css'), style);
writeFileSync(
  join(output, 'index.html'),
  `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=en/${chapters[0]}.html">\n`,
);
cpSync(join(root, 'docs/screenshots'), join(output, 'pictures'), { recursive: true });
console.log(`dist/manual: ${2 * chapters.length} pages`);
