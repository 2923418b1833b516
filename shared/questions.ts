/**
 * Calls that only ask, or make what is made anew at any time: they wait for an application that is away as long as it
 * takes. All others do something, which nobody expects minutes later (client.ts).
 */
import type { AppMethod } from './contract.ts';

const questions: ReadonlySet<AppMethod> = new Set<AppMethod>([
  ...([
    'library.list',
    'library.get',
    'library.moved',
    'library.removed',
    'library.readCsv',
    'library.csvReport',
  ] as const),
  ...(['library.examples', 'library.images', 'library.described', 'library.image', 'library.names'] as const),
  ...(['library.skipped', 'library.previewViews', 'library.browse', 'photos.ids', 'photos.list'] as const),
  ...(['runs.list', 'runs.get', 'runs.plan', 'runs.epochs', 'runs.steps', 'runs.strip', 'runs.deleted'] as const),
  ...(['explore.sets', 'explore.changes', 'explore.neighbours', 'explore.query', 'explore.map'] as const),
  ...(['explore.startUmap', 'explore.startGraph', 'explore.clusters', 'explore.find', 'explore.pick'] as const),
  ...(['explore.gain', 'explore.outliers', 'duplicates.get', 'duplicates.surplus', 'tasks.list'] as const),
  ...(['evaluate.list', 'evaluate.get', 'evaluate.cell', 'exports.list', 'exports.get', 'frozen.look'] as const),
  ...(['lab.plan', 'lab.list', 'lab.get', 'lab.preview', 'weights.kept'] as const),
  ...(['tags.list', 'tags.of', 'tags.counts', 'tags.images', 'tags.export'] as const),
  ...(['system.host', 'system.settings', 'system.devices', 'system.doctor', 'system.storage'] as const),
  ...(['system.browsers', 'system.lostRuns'] as const),
]);

export const isQuestion = (method: AppMethod): boolean => questions.has(method);
