/**
 * Compiles what the portable bench runs, module by module into the places that they have in an installed program: their
 * threads and processes find each other by relative addresses. Packages of pure JavaScript go in too; native ones stay
 * outside.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where the compiled modules lie in the folder, as in an installed program. */
export const compiled = 'dist/main';

/** Programs and threads, each of which is started by its file. */
const entries = [
  'scripts/portable/main.ts',
  'scripts/portable/part.ts',
  'scripts/portable/drawThread.ts',
  'src-main/cli/main.ts',
  'src-main/app/main.ts',
  'src-main/trainer/main.ts',
  'src-main/trainer/computeThread.ts',
  'src-main/trainer/freeFiguresThread.ts',
  'src-main/trainer/bench/worker.ts',
  'src-main/images/loaderWorker.ts',
  'src-main/images/cache/imageCache.ts',
  'src-main/app/duplicates/findingsWorker.ts',
  'src-main/app/explore/idsWorker.ts',
  'src-main/app/runs/recordsWorker.ts',
  'src-main/search/exactWorker.ts',
  'src-main/search/viewsWorker.ts',
];

/** Packages that stay outside, as they are native. */
const nativePackages = ['onnxruntime-node', 'better-sqlite3'];

/** Writes the modules below `folder`, which is emptied first. */
export async function bundle(folder: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: [
        { find: /^sharp$/, replacement: here('./absent.ts') },
        // its modules require each other in a circle, which survives in one file alone
        { find: /^protobufjs$/, replacement: join(root, 'node_modules/protobufjs/dist/protobuf.js') },
      ],
    },
    ssr: { noExternal: true, external: nativePackages },
    build: {
      ssr: true,
      outDir: join(folder, compiled),
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.ts$/, ''), join(root, entry)])),
        preserveEntrySignatures: 'strict',
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: root,
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
        },
      },
    },
  });
}
