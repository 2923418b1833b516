/** The folder that trains a run in PyTorch: which files it holds. What is in them is src-main/trainer/cluster's. */
import { imageFormats } from './imageFormats.ts';

/** File names of the scripts in src-main/cluster. */
export const clusterScripts = [
  'train.py',
  'embed.py',
  'methods.py',
  'network.py',
  'learning.py',
  'counted.py',
  'views.py',
  'photos.py',
  'probe.py',
  'state.py',
  'ranks.py',
  'one-machine.sh',
  'train.slurm',
  'embed.slurm',
  'README.md',
] as const;

export const clusterRunFile = 'run.json';
export const clusterPhotosFile = 'photos.jsonl';
export const clusterStartFile = 'start.safetensors';
/** The folder that the scripts write to. */
export const clusterResults = 'results';

/** Bytes of a tar file of photos, about: large enough to be read in one go, small enough to be copied again. */
export const shardBytes = 1e9;
export const shardName = (number: number): string => `photos/shard-${String(number).padStart(5, '0')}.tar`;

/** Every file that such a folder may hold; `shards`: at most so many. */
export const clusterFiles = (shards: number): string[] => [
  clusterRunFile,
  clusterPhotosFile,
  clusterStartFile,
  ...clusterScripts,
  ...Array.from({ length: shards }, (_, i) => shardName(i)),
];

/** Formats that Pillow, which torchvision brings along, reads as we do; photos of others go as shards. */
const pillow = new Set(['jpeg', 'png', 'webp', 'gif', 'bmp', 'tiff', 'netpbm']);
const readable = new Set(imageFormats.flatMap(({ format, extensions }) => (pillow.has(format) ? extensions : [])));

export const isReadElsewhere = (file: string): boolean =>
  (readable as ReadonlySet<string>).has(file.slice(file.lastIndexOf('.') + 1).toLowerCase());
