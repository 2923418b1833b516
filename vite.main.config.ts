/**
 * Bundles the program of src-main and shared into dist/main: a few files in place of some 700 modules, of which a process
 * loads its own in a fifth of the processor time. What is started by its file (processes, threads) keeps the place that
 * it has in the sources, and every module finds what it names beside itself as if it lay in its own.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const root = import.meta.dirname;

/** Programs and threads, each of which is started by its file. */
export const entries = [
  'src-main/electron/main.ts',
  'src-main/cli/main.ts',
  'src-main/app/main.ts',
  'src-main/app/arrivingWorker.ts',
  'src-main/app/duplicates/findingsWorker.ts',
  'src-main/app/explore/idsWorker.ts',
  'src-main/app/runs/recordsWorker.ts',
  'src-main/db/wholeWorker.ts',
  'src-main/images/cache/imageCache.ts',
  'src-main/images/loaderWorker.ts',
  'src-main/images/pool/worker.ts',
  'src-main/images/same/proposeWorker.ts',
  'src-main/search/exactWorker.ts',
  'src-main/search/viewsWorker.ts',
  'src-main/trainer/bench/main.ts',
  'src-main/trainer/bench/worker.ts',
  'src-main/trainer/computeThread.ts',
  'src-main/trainer/freeFiguresThread.ts',
  'src-main/trainer/main.ts',
];

/** What tests start in the place of a program: in `vite build --mode tested`, which is what `test/built.ts` looks for. */
const doubles = ['test/helpers/deviceDouble.ts', 'test/helpers/deviceDoubleProcess.ts', 'test/helpers/fakeTrainer.ts'];

/** Beside the bench's modules: the same work in PyTorch. */
const peer = 'src-main/trainer/bench/peer.py';

const posix = (path: string): string => path.replaceAll('\\', '/');

/** Keeps what a module calls its own address that of its place in the sources, whatever file it is bundled into. */
function ownAddresses(): Plugin {
  const token = '__addressOf';
  return {
    name: 'own-addresses',
    transform(code, id) {
      const place = posix(relative(root, id.split('?', 1)[0]!));
      if (!/^(src-main|shared|test)\//.test(place) || !code.includes('import.meta.url')) return null;
      const own = place.replace(/\.ts$/, '.js');
      return { code: code.replaceAll('import.meta.url', `${token}("${own}")`), map: null };
    },
    buildStart() {
      this.emitFile({ type: 'asset', fileName: peer, source: readFileSync(join(root, peer)) });
    },
    renderChunk(code, { fileName }) {
      return code.replaceAll(new RegExp(`${token}\\("([^"]+)"\\)`, 'g'), (_, place: string) => {
        const path = posix(relative(dirname(fileName), place));
        return `new URL(${JSON.stringify(path.startsWith('.') ? path : `./${path}`)}, import.meta.url).href`;
      });
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [ownAddresses()],
  publicDir: false,
  // what has assets or binaries of its own stays outside; the schemas come without words in sixty languages
  ssr: { noExternal: ['zod'], external: ['electron'] },
  build: {
    ssr: true,
    outDir: mode === 'tested' ? 'dist/tested' : 'dist/main',
    emptyOutDir: true,
    target: 'node22',
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(
        [...entries, ...(mode === 'tested' ? doubles : [])].map((entry) => [
          entry.replace(/\.ts$/, ''),
          join(root, entry),
        ]),
      ),
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
}));
