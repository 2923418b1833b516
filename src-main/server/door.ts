/** The page for a browser that was not let in: why, and how to open the window. It shows nothing of the home. */
import { preferredLanguage } from '../../shared/messages/language.ts';
import { doorWords } from '../../shared/messages/door.ts';

export type Why = 'none' | 'used' | 'wrong';

/** Path of the page's style, a file of its own as the content security policy wants it. */
export const doorStylePath = '/door.css';
export const doorStyle = `
:root { color-scheme: light dark; }
body { max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem; font: 16px/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; }
code { display: block; padding: 0.75rem 1rem; border-radius: 8px; background: rgb(128 128 128 / 15%); overflow-wrap: anywhere; }
`;

/**
 * The page as HTML. @param isKnown whether this browser was let in before, and needs no new address: a link is added
 */
export function doorPage(why: Why, port: number, acceptLanguage = '', isKnown = false): string {
  const language = preferredLanguage(acceptLanguage.split(',').map((part) => part.split(';')[0]!.trim()));
  const words = doorWords[language];
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Lookalike</title>
<link rel="stylesheet" href="${doorStylePath}"></head>
<body><main>
<h1>${words.title}</h1>
<p>${words.why[why]}</p>
${isKnown ? `<p><a href="/">${words.enter}</a></p>` : ''}
<p>${words.open}</p>
<p><code>http://127.0.0.1:${port}/?token=…</code></p>
<p>${words.restart}</p>
<p>${words.privacy}</p>
</main></body>
</html>
`;
}
