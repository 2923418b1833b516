/**
 * Loads the program's modules once and keeps them as Node compiled them, where `npm start` looks for them: part of
 * `npm run build`, so that the first start is as quick as the others. What is kept already is only looked at.
 */
import { spawnSync } from 'node:child_process';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { compiledModules } from './host.ts';

/** What the processes of the program load, without what would begin their work. */
const loaded = [
  'cli/run',
  'server/index',
  'app/index',
  'app/sample/render',
  'trainer/process',
  'trainer/thread',
  'trainer/train',
  'trainer/embed',
  'trainer/queries',
  'trainer/evaluateJob',
  'trainer/exportJob',
  'trainer/selfTest',
  'trainer/freeFigures',
  'images/pool/worker',
];

const VARIABLE = 'NODE_COMPILE_CACHE';
const isKeeping = process.argv[2] === 'keep';
if (!isKeeping)
  // Node looks at the variable as it starts
  spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), 'keep'], {
    stdio: 'inherit',
    env: { ...process.env, [VARIABLE]: compiledModules },
  });
else {
  for (const name of loaded) await import(`../src-main/${name}.ts`);
  nodeModule.flushCompileCache?.();
  process.exit(0);
}
