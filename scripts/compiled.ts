/**
 * Loads the program's modules once and keeps them as Node compiled them, where `npm start` looks for them: part of
 * `npm run build`, so that the first start is as quick as the others. What is kept already is only looked at.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { compiledModules } from './host.ts';

/** What the processes of the built program load, without what begins their work. */
const chunks = new URL('../dist/main/chunks/', import.meta.url);

const VARIABLE = 'NODE_COMPILE_CACHE';
const isKeeping = process.argv[2] === 'keep';
if (!isKeeping)
  // Node looks at the variable as it starts
  spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), 'keep'], {
    stdio: 'inherit',
    env: { ...process.env, [VARIABLE]: compiledModules },
  });
else {
  for (const name of readdirSync(chunks)) {
    const chunk = new URL(name, chunks);
    // what is the shell's alone is loaded by Electron, its own way
    if (!readFileSync(chunk, 'utf8').includes('from "electron"')) await import(chunk.href);
  }
  nodeModule.flushCompileCache?.();
  process.exit(0);
}
