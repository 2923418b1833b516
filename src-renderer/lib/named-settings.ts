/**
 * Settings by their names in the form, where a sentence that terminals say as well has them by their paths: "set
 * backbone.stem to cifar" is "set “Stem” to CIFAR (3×3)" here. Of paths of one word only those that no text has otherwise.
 */
import { fields } from './fields.ts';

let pattern: RegExp | null = null;

function patternOfPaths(): RegExp {
  const paths = fields()
    .map(({ path }) => path)
    .filter((path) => /[.A-Z]/.test(path))
    .sort((a, b) => b.length - a.length)
    .map((path) => path.replaceAll('.', '\\.'));
  // not within a longer path, such as that of a file
  return new RegExp(
    `(?<![\\w./\\\\-])(${paths.join('|')})(?![\\w/\\\\-]|\\.\\w)(?:( to | 设为 | )([A-Za-z]\\w*))?`,
    'g',
  );
}

/** @param optionOf a choice of a setting in words; null: it has no such choice */
export function namedSettings(
  text: string,
  nameOf: (path: string) => string,
  optionOf: (path: string, value: string) => string | null,
): string {
  pattern ??= patternOfPaths();
  return text.replace(pattern, (_, path: string, between: string | undefined, value: string | undefined) => {
    const rest = value === undefined ? '' : `${between}${optionOf(path, value) ?? value}`;
    return `“${nameOf(path)}”${rest}`;
  });
}
