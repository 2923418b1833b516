/**
 * The import rule: arrows point one way.
 * shared <- files <- engine, images, db, search, weights <- evaluate, export <- trainer; app imports files, db, images,
 * search and weights and reaches the trainer only through the contract; electron, server and cli import app, and the desktop
 * program carries the command line along; the renderer imports shared.
 */
const main = (name) => `^src-main/${name}/`;
/** What each folder under src-main may import beside itself and shared. */
const allowed = {
  files: [],
  engine: ['files'],
  images: ['files'],
  db: ['files'],
  search: ['files'],
  weights: ['files'],
  evaluate: ['files', 'engine', 'images', 'search'],
  export: ['files', 'engine', 'images', 'search', 'weights'],
  trainer: ['files', 'engine', 'images', 'search', 'evaluate', 'export', 'weights'],
  app: ['files', 'db', 'images', 'search', 'weights'],
  electron: ['files', 'app', 'cli'],
  server: ['app'],
  cli: ['files', 'app', 'server'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'types may refer to each other; values may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-stands-alone',
      comment: 'shared is what all processes agree on: no Node, no DOM, no I/O; zod and papaparse are pure',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: ['^shared/', '^node_modules/(zod|papaparse)/'] },
    },
    {
      name: 'contract-is-a-leaf',
      comment: 'types and schemas of what crosses a process: beside them only the tables they are made from',
      severity: 'error',
      from: { path: '^shared/contract(/|\\.ts$)' },
      to: {
        pathNot: [
          '^shared/contract(/|\\.ts$)',
          '^shared/(config/(schema|network|learning|pictures|limits)|metricRows|verdict/judgement|baselines|exports|frozen|lab/(photoKind|studyId))\\.ts$',
          '^node_modules/zod/',
        ],
      },
    },
    {
      name: 'renderer-imports-shared-alone',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: ['^src-main/', '^test/', '^scripts/'] },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-stays-in-the-shell',
      comment: 'in plain Node a value import of electron tries to download the runtime',
      severity: 'error',
      from: { pathNot: ['^src-main/electron/', '^test/shell/'] },
      to: { path: '^node_modules/electron/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shell-loads-no-database',
      comment: 'it takes what it needs file by file; its command line is loaded where one is given',
      severity: 'error',
      from: { path: main('electron'), pathNot: 'commandLine\\.ts$' },
      to: {
        path: ['^src-main/files/index\\.ts$', '^src-main/app/(?!(paths|homeRefusal)\\.ts$)'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'locks-are-files',
      comment: 'SQLite is the history, in db, and the lock that dies with its process, in files',
      severity: 'error',
      from: { path: '^(src-main|scripts)/', pathNot: [main('db'), main('files')] },
      to: { path: '^node_modules/better-sqlite3/' },
    },
    ...Object.entries(allowed).map(([from, others]) => ({
      name: `${from}-imports`,
      severity: 'error',
      from: { path: main(from) },
      to: { path: '^(src-main|src-renderer|test|scripts)/', pathNot: [main(from), ...others.map(main)] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json', '.svelte'] },
  },
};
