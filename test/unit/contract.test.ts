/**
 * The contract is a leaf: whoever imports it loads schemas and the tables they are made from, and runs nothing. What
 * computes (errors with their catalogues, the judge, plans, parsing) is not loaded along.
 */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Files that a program loads with this one, each with its syntax tree; packages by their name. */
function loadedWith(entry: string): Map<string, ts.SourceFile | null> {
  const loaded = new Map<string, ts.SourceFile | null>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
    loaded.set(file, source);
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
      const typeOnly = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
      const from = statement.moduleSpecifier;
      if (typeOnly || !from || !ts.isStringLiteral(from)) continue;
      if (from.text.startsWith('.')) visit(normalize(join(file, '..', from.text)));
      else loaded.set(from.text, null);
    }
  };
  visit(entry);
  return loaded;
}

describe('the contract', () => {
  const loaded = loadedWith('shared/contract.ts');

  it('loads schemas and tables alone', () => {
    const tables =
      /^shared\/(contract(\/|\.ts$)|config\/(schema|network|learning|pictures|limits)\.ts$|methods\/|lab\/(paper|photoKind|studyId)\.ts$|verdict\/(judgement|thresholds)\.ts$)/;
    const others = [...loaded.keys()].filter((file) => !tables.test(file)).sort();
    expect(others).toEqual([
      'shared/backbone.ts',
      'shared/baselines.ts',
      'shared/exports.ts',
      'shared/frozen.ts',
      'shared/input.ts',
      'shared/metricRows.ts',
      'shared/metrics.ts',
      'shared/numbers.ts',
      'shared/reason.ts',
      'shared/setting.ts',
      'zod',
    ]);
  });

  it('runs nothing: every statement of it declares something', () => {
    const declares = (statement: ts.Statement): boolean =>
      ts.isImportDeclaration(statement) ||
      ts.isExportDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) !== 0);
    for (const [file, source] of loaded)
      for (const statement of source?.statements ?? [])
        expect({ file, declares: declares(statement), text: statement.getText(source!).slice(0, 60) }).toMatchObject({
          declares: true,
        });
  });

  it('is a value of its tables: what is called while it loads makes schemas and rows, each time the same', () => {
    const called = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node)) return; // called later, or by one of those that are called
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        let root: ts.Node = node;
        while (!ts.isIdentifier(root)) {
          const inner: ts.Node | undefined = (root as Partial<ts.CallExpression>).expression;
          if (!inner) break;
          root = inner;
        }
        called.add(ts.isIdentifier(root) ? root.text : ts.SyntaxKind[root.kind]!);
      }
      ts.forEachChild(node, visit);
    };
    for (const source of loaded.values())
      for (const statement of source?.statements ?? []) if (ts.isVariableStatement(statement)) visit(statement);
    const schemas = /^(z|[A-Z].*|embedded|experiment|imageIds|probability|share)$/; // of zod, or made of it
    const tables = ['exportFormats', 'metricNames', 'ArrayLiteralExpression']; // and what reads them
    const helpers = ['call', 'changeOf', 'idsOf', 'learns', 'longer', 'meta', 'section', 'shapeOf'];
    expect([...called].filter((name) => !schemas.test(name) && !tables.includes(name)).sort()).toEqual(helpers);
  });
});
