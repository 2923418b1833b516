/** The model card: what the encoder is, how it was trained and measured, how to feed it, and the lines that load it. */
import { basename } from 'node:path';
import type { RunConfig } from '../../shared/config.ts';
import { isStandardNetwork } from '../../shared/exports.ts';
import { channelsOf, inputShape } from '../../shared/input.ts';
import { hasTeacher, methodOf } from '../../shared/methods/index.ts';
import { RENDERED } from '../../shared/startingWeights.ts';
import { weightsOfRun } from '../../shared/weights.ts';
import { edgesDim, featureDim } from '../engine/index.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { ExportReport } from './report.ts';

/** A value as a table cell that cannot break its table. */
const cell = (value: unknown): string =>
  String(value).toWellFormed().replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');

function show(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(5)));
  return cell(Array.isArray(value) ? value.join(', ') : (value ?? 'none'));
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "learningRate" as "Learning rate". */
const title = (name: string): string => {
  const words = name
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replace(/[_.-]+/g, ' ');
  return cell(words.charAt(0).toUpperCase() + words.slice(1));
};

export const modelTable = (rows: [string, unknown][]): string =>
  ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${title(name)} | ${show(value)} |`)].join('\n');

function flatten(value: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    isSection(inner) ? flatten(inner, `${prefix}${key} `) : [[prefix + key, inner]],
  );
}

/** Where the network's first weights are from, and under which licence. */
export function startOf({ backbone: { init, origin, licence } }: RunConfig): string {
  if (init === 'random') return 'random';
  if (init === RENDERED)
    return 'trained on rendered pictures, without a photo of anyone; they come with Lookalike, under its MIT licence';
  const under = licence || 'the licence that it came with';
  if (!weightsOfRun(init)) return `of the file ${basename(init)}${origin && ` (${origin})`}, under ${under}`;
  return origin || licence
    ? `of an earlier run, which began with ${origin || 'given weights'}, under ${under}`
    : 'of an earlier run';
}

/** Which encoder it learnt from, whose that is, and under which licence; null: from none. */
function teacherOf(config: RunConfig): string | null {
  if (!hasTeacher(config)) return null;
  const { from, weight, origin, licence } = config.teacher;
  const which = weightsOfRun(from) ? 'an encoder used in Lookalike' : `the file ${basename(from)}`;
  return `${which}${origin && ` (${origin})`}, under ${licence || 'the licence that it came with'}, ${Math.round(100 * weight)} % of the loss`;
}

/** The same for a file's metadata: nothing where there was none. */
export function teacherFacts(config: RunConfig): { teacher?: string } {
  const teacher = teacherOf(config);
  return teacher === null ? {} : { teacher };
}

const whitenedText = (edges: boolean): string =>
  `The embedding is made of the last two stages of the backbone for the photo enlarged by a half, pooled${edges ? ', beside the photo’s edges by place and direction,' : ''} and whitened on photos of the folder, not normalised: \`encoder.onnx\` gives it, and \`readout.safetensors\` makes it of what the weights give. The weights alone give the pooled output of the backbone, to train from.`;

export function modelCard({
  config,
  preprocessing,
  snippets,
  facts,
  whitened,
}: {
  config: RunConfig;
  /** Photos are compared by whitened features, not by pooled ones. */
  whitened: boolean;
  preprocessing: Preprocessing;
  snippets: ExportReport['snippets'];
  facts: Record<string, unknown>;
}): string {
  const { backbone } = config;
  const taught = teacherOf(config);
  const plain = Object.entries(facts).filter(([, value]) => !isSection(value));
  const sections = Object.entries(facts).filter((entry): entry is [string, Record<string, unknown>] =>
    isSection(entry[1]),
  );
  const parts = [
    '---\ntags: [feature-extraction, image-embedding, self-supervised]\nlibrary_name: timm\n---\n',
    `# ${backbone.name} encoder\n`,
    `A ${backbone.name} (width ${backbone.width}, ${backbone.stem} stem) pretrained ${taught ? '' : 'without labels '}by ${methodOf(config).citation}${taught ? ', beside a teacher,' : ''} with Lookalike. It turns a photo into ${featureDim(config)} numbers; photos that look alike have a high cosine similarity. ${whitened ? whitenedText(edgesDim(config) > 0) : 'The embedding is the pooled output of the backbone, not normalised.'}\n`,
  ];
  const channels = channelsOf(config);
  if (!inputShape(config.input).colour)
    parts.push(
      channels === 1
        ? 'It takes one channel, not three: see "Preparing a photo".\n'
        : `It takes ${channels} bands as they were measured, not red, green and blue: see "Preparing a photo".\n`,
    );
  if (!isStandardNetwork(config))
    parts.push(
      `torchvision and timm have no network of this width, stem and number of channels: \`load.py\` builds it in PyTorch.${backbone.stem === 'imagenet' ? '' : ` Its first layer ${backbone.stem === 'cifar' ? 'keeps the photo at full size' : 'halves the photo'}, so detectors, which expect it four times smaller, cannot start from it.`}\n`,
    );
  if (plain.length > 0) parts.push(modelTable(plain) + '\n');
  for (const [name, values] of sections) parts.push(`## ${title(name)}\n`, modelTable(flatten(values)) + '\n');
  parts.push(
    '## Training\n',
    modelTable([
      ['method', methodOf(config).citation],
      ['imageSize', `${config.imageSize} px`],
      ['batchSize', config.batchSize],
      [
        'optimizer',
        `${config.optimizer.name}, base learning rate ${config.optimizer.baseLearningRate} per 256 images, ${config.optimizer.name === 'adamw' ? `betas ${config.optimizer.beta1} and ${config.optimizer.beta2}` : `momentum ${config.optimizer.momentum}`}, weight decay ${config.optimizer.weightDecay}`,
      ],
      ['startingWeights', startOf(config)],
      ...(taught === null ? [] : [['teacher', taught] as [string, unknown]]),
      ['seed', config.seed],
    ]) + '\n',
    '## Preparing a photo\n',
    preprocessing.description + '\n',
    '```json\n' + JSON.stringify(preprocessing, null, 2) + '\n```\n',
    '## Loading\n',
    ...snippets.map(({ language, code }) => '```' + language + '\n' + code + '```\n'),
    '## Limits\n',
    `It has seen only the photos it was trained on${config.backbone.init === RENDERED ? ' and, before them, rendered pictures' : ''}${taught ? '; what its teacher has seen and been told, it has in part taken over' : ''}. Similarity means similar to this encoder, in content as much as in light, colour and composition; it says nothing about who or what is shown.\n`,
  );
  return parts.join('\n');
}
