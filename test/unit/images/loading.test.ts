/** What the small threads and processes of a training load: what they never use would take them longer than their work. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = (path: string) => new URL(`../../../src-main/${path}`, import.meta.url).href;

/** Packages of CommonJS that a process has loaded when it has imported these modules. */
function packagesOf(...modules: string[]): string[] {
  const program = `
    import { createRequire } from 'node:module';
    for (const path of ${JSON.stringify(modules.map(source))}) await import(path);
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));`;
  const options = { encoding: 'utf8', cwd: fileURLToPath(new URL('../../..', import.meta.url)) } as const;
  const printed = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], options);
  const names = (JSON.parse(printed) as string[]).flatMap(
    (path) => /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)];
}

test('a thread that makes views, measures the free baselines, or only talks loads no package', () => {
  const views = ['images/cache/imageCache.ts', 'images/augment/index.ts'];
  const modules = [...views, 'trainer/freeFigures.ts', 'trainer/process.ts'];
  expect(packagesOf(...modules)).toEqual([]);
});

test('a process that decodes loads no database and no runtime', () => {
  const loaded = packagesOf('images/pool/jobs.ts');
  expect(loaded).toContain('sharp');
  for (const name of ['better-sqlite3', 'onnxruntime-node', 'protobufjs']) expect(loaded).not.toContain(name);
});
