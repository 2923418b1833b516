/**
 * Every error the sources make, and what they say they are doing, read from their syntax: class, code and how the
 * sentence can read. Parts of a sentence that are computed stand as ⟨name⟩; a choice between two wordings gives both.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface ErrorSite {
  file: string;
  line: number;
  name: string;
  /** null where it is computed. */
  code: string | null;
  /** Empty where the sentence is wholly computed. */
  sentences: string[];
}

export interface ErrorCode {
  file: string;
  code: string;
}

const sources = (folders: readonly string[], except: RegExp): string[] =>
  folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.ts') && !except.test(file));

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

const shortName = (node: ts.Node): string => /[\w]+(?=\W*$)/.exec(node.getText().split('(')[0]!)?.[0] ?? 'x';

/** All readings of an expression that is a sentence; null for one that is computed as a whole. */
function readings(node: ts.Expression): string[] | null {
  if (ts.isParenthesizedExpression(node)) return readings(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) {
    const both = [readings(node.whenTrue), readings(node.whenFalse)];
    return both.every((part) => part !== null) ? both.flat() : null;
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return combine([readings(node.left) ?? ['⟨text⟩'], readings(node.right) ?? ['⟨text⟩']]);
  if (!ts.isTemplateExpression(node)) return null;
  return combine([
    [node.head.text],
    ...node.templateSpans.flatMap(({ expression, literal }) => [
      readings(expression) ?? [`⟨${shortName(expression)}⟩`],
      [literal.text],
    ]),
  ]);
}

const combine = (parts: readonly (readonly string[])[]): string[] =>
  parts.reduce<string[]>((made, part) => made.flatMap((start) => part.map((end) => start + end)), ['']);

const literal = (node: ts.Node | undefined): string | null => (node && ts.isStringLiteral(node) ? node.text : null);

const isCode = (text: string | null): text is string => text !== null && /^[a-z]+(-[a-z]+)*$/.test(text);

/** The class around a `super(...)`, and the code it gives all its errors. */
function ownCode(node: ts.Node): { name: string; code: string | null } {
  let around: ts.Node = node;
  while (!ts.isClassDeclaration(around)) around = around.parent;
  const code = around.members.find((member) => member.name?.getText() === 'code');
  return {
    name: around.name?.text ?? '',
    code: code && ts.isPropertyDeclaration(code) ? literal(code.initializer) : null,
  };
}

/** Errors made as `new SomethingError(...)` or by `super(...)` in one; the code is the first argument, or the class's. */
export function errorSites(folders: readonly string[], except: RegExp): ErrorSite[] {
  return sources(folders, except).flatMap((file) => {
    const source = parse(file);
    const found: ErrorSite[] = [];
    const add = (node: ts.NewExpression | ts.CallExpression, name: string, classCode: string | null) => {
      const given = [...(node.arguments ?? [])];
      const code = classCode ?? literal(given[0]);
      const texts = (isCode(literal(given[0])) ? given.slice(1) : given).map(readings);
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        name,
        code: isCode(code) ? code : null,
        sentences: texts.find((readings) => readings?.some((text) => text.includes(' '))) ?? [],
      });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText()))
        add(node, node.expression.getText(), null);
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
        const { name, code } = ownCode(node);
        if (/Error$/.test(name)) add(node, name, code);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** What the application says it is doing: the sentences in calls that tell of progress. */
export function activitySites(folders: readonly string[], except: RegExp): { where: string; message: string }[] {
  return sources(folders, except).flatMap((file) => {
    const source = parse(file);
    const found: { where: string; message: string }[] = [];
    const add = (node: ts.Expression, ending = '') => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      for (const text of readings(node) ?? [])
        if (/[a-z]{3}/.test(text)) found.push({ where: `${file}:${line + 1}`, message: text + ending });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const called = node.expression.getText();
        const second = node.arguments[1];
        if (second && /(^|\.)(#tellActivity|progress)$|tasks\.start$/.test(called)) add(second);
        if (second && called === 'timedProgress') add(second, ', ⟨done⟩ of ⟨total⟩');
      }
      if (ts.isObjectLiteralExpression(node)) {
        const value = (name: string) =>
          node.properties.find(
            (property): property is ts.PropertyAssignment =>
              ts.isPropertyAssignment(property) && property.name.getText() === name,
          )?.initializer;
        const message = value('message');
        if (message && literal(value('type')) === 'progress') add(message);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** Every code an error can have: properties and types named code, and the codes of errors made as plain objects. */
export function errorCodes(folders: readonly string[], except: RegExp): ErrorCode[] {
  return sources(folders, except).flatMap((file) => {
    const source = parse(file);
    const found: ErrorCode[] = [];
    const add = (node: ts.Node | undefined): void => {
      if (!node) return;
      if (ts.isStringLiteral(node)) found.push({ file, code: node.text });
      else if (ts.isLiteralTypeNode(node)) add(node.literal);
      else if (ts.isUnionTypeNode(node)) node.types.forEach(add);
    };
    const visit = (node: ts.Node): void => {
      if (ts.isTypeAliasDeclaration(node) && /ErrorCode$/.test(node.name.text)) add(node.type);
      if (ts.isPropertyDeclaration(node) && node.name.getText() === 'code') {
        add(node.initializer);
        add(node.type);
      }
      if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
        const names = (node.parent as ts.ObjectLiteralExpression).properties.map((p) => p.name?.getText());
        if (names.includes('message') || node.parent.parent.getText().startsWith('Object.assign('))
          add(node.initializer);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}
