/** The manual's chapters and the commands in them, as they are run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const chapter = (language: string, id: string) =>
  readFileSync(join(root, 'docs/manual', language, `${id}.md`), 'utf8').replace(/\r\n/g, '\n');

interface Step {
  command: string;
  /** What it prints: … is anything in a line, and alone any lines. */
  shown: string[];
}

/** The words of a command as a shell takes them apart. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(([word, single, double]) => single ?? double ?? word);

/** Commands that stand in the text or in indented lines, which are not run there: of a person's own files, or elsewhere. */
export const mentionsOf = (markdown: string): string[] =>
  [/`(lookalike [^`]+)`/g, /^(?: {4}.*?)?(lookalike .+)$/gm].flatMap((form) =>
    [...markdown.replaceAll(/^```console\n.*?^```$/gms, '').matchAll(form)].map(([, command]) => command!.trim()),
  );

/** The commands of console blocks, each with what is shown below it. */
export function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  for (const [, block] of markdown.matchAll(/^```console\n(.*?)^```$/gms))
    for (const line of block!.trimEnd().split('\n'))
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] });
      else steps.at(-1)!.shown.push(line);
  return steps;
}
