/**
 * A study's report as one HTML file: no script, no other file, light and dark as the reader's system is. Every word is
 * the catalogue's in the chosen language. Pure: what it is made of comes in; reading and writing is report.ts.
 */
import { settings } from '../../../shared/config.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { Experiment, LabRow, ReportLanguage } from '../../../shared/contract.ts';
import { studyOf } from '../../../shared/lab/studies.ts';
import { lossOf } from '../../../shared/methods/index.ts';
import { metricOf, reportMetrics } from '../../../shared/metrics.ts';
import { valueAt } from '../../../shared/metricRows.ts';
import type { MetricName } from '../../../shared/metrics.ts';
import type { EpochMetrics, ProbeMetrics } from '../../../shared/metricRows.ts';
import { numberFormat, trueMinus } from '../../../shared/messages/format.ts';
import { armLabel, findingText, labLookup, labText, measureDefinition, points } from '../../../shared/messages/lab.ts';
import type { LabKey } from '../../../shared/messages/lab.ts';
import { zhCN } from '../../../shared/messages/window/index.ts';
import type { Values } from '../../../shared/messages/format.ts';
import { escapeHtml, lineChart, lineSample } from './chart.ts';
import { reportStyle } from './reportStyle.ts';

export interface ReportData {
  language: ReportLanguage;
  experiment: Experiment;
  /** By arm, with the first seed. */
  configs: ReadonlyMap<string, RunConfig>;
  /** Of the cells whose run is still there, in the experiment's order. */
  curves: readonly { armId: string; seed: number; untrained: ProbeMetrics | null; epochs: readonly EpochMetrics[] }[];
  version: string;
  /** Milliseconds since 1970. */
  now: number;
}

type Say = (key: LabKey, values?: Values) => string;

export function reportHtml(data: ReportData): string {
  const { language, experiment } = data;
  const { study, images } = experiment;
  const say: Say = (key, values) => escapeHtml(labText(language, key, values));
  const plain: Say = (key, values) => labText(language, key, values);
  const title = plain('report.title', { study: plain(`study.${study}.title`), folder: experiment.datasetName });
  const { paper } = studyOf(study);
  const done = experiment.cells.filter(({ state }) => state === 'finished' || state === 'failed').length;
  const parts = [
    `<h1>${escapeHtml(title)}</h1>`,
    paper === null ? '' : `<p class="lead">${say('report.lead', { paper, images })}</p>`,
    `<p>${say(`study.${study}.changes`)} ${say(`study.${study}.paper`)}</p>`,
    done < experiment.cells.length
      ? `<p class="notice">${say('report.unfinished', { done, count: experiment.cells.length })}</p>`
      : '',
    `<h2>${say('report.shows')}</h2>`,
    `<ul class="findings">${experiment.findings.map((finding) => `<li>${escapeHtml(findingText(language, finding, study, images))}</li>`).join('')}</ul>`,
    `<h2>${say(paper === null ? 'report.tableAlone' : 'report.table')}</h2>`,
    table(data, say),
    paper === null ? '' : `<p class="small">${say('report.paperNote')}</p>`,
    longer(data, say),
    `<h2>${say('report.curves')}</h2>`,
    charts(data, say, plain),
    `<h2>${say('report.settings')}</h2>`,
    differing(data, say),
    shared(data, say),
    `<h2>${say('report.definitions')}</h2>`,
    definitions(data, say),
    `<h2>${say('report.facts')}</h2>`,
    facts(data, say),
  ];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

const armIds = ({ experiment }: ReportData): string[] => experiment.rows.map((row) => row.armId);
const nameOf = ({ language, experiment }: ReportData, armId: string): string =>
  escapeHtml(armLabel(language, experiment.study, armId, experiment.images));

/** 12.34 with so many digits, or a dash. */
const figure = (language: ReportLanguage, value: number | null, digits: number): string =>
  value === null || !Number.isFinite(value)
    ? '–'
    : trueMinus(numberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value));

const row = (cells: readonly string[], tag: 'td' | 'th', attributes = ''): string =>
  `<tr${attributes}>${cells.map((cell, i) => (i === 0 ? `<th scope="${tag === 'th' ? 'col' : 'row'}">${cell}</th>` : `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${cell}</${tag}>`)).join('')}</tr>`;

function table(data: ReportData, say: Say): string {
  const { language, experiment } = data;
  const { measure, seeds } = experiment;
  const several = seeds > 1;
  const linear = measure === 'linear';
  const inPaper = studyOf(experiment.study).paper !== null;
  const head = [
    say('report.arm'),
    `${say(`measure.${measure}`)}\u00a0%`,
    ...(several ? [say('report.spread'), say('report.seeds')] : []),
    ...(linear ? [`${say('measure.knn')}\u00a0%`] : []),
    `${say('report.untrained')}\u00a0%`,
    `${say('report.free')}\u00a0%`,
    say('report.rank'),
    say('report.loss'),
    say('report.std'),
    say(inPaper ? 'report.outcome' : 'report.verdict'),
    ...(inPaper ? [`${say('report.paper')}\u00a0%`] : []),
  ];
  const arms = new Map(
    studyOf(experiment.study)
      .arms(experiment)
      .map((arm) => [arm.id, arm]),
  );
  const becameOf = ({ outcome, verdict, failed, done }: LabRow) => {
    if (outcome) return say(`became.${outcome}`);
    return verdict ? say(`verdict.${verdict}`) : failed > 0 && done === 0 ? say('state.failed') : '–';
  };
  const body = experiment.rows.map((item, index) => {
    const arm = arms.get(item.armId)!;
    const paper = arm.paper.top1 === null ? say(`outcome.${arm.paper.outcome}`) : figure(language, arm.paper.top1, 1);
    const reference = item.reference ? ` <small>${say('report.reference')}</small>` : '';
    return row(
      [
        `${lineSample(index)} ${nameOf(data, item.armId)}${reference}`,
        `<strong>${points(language, item.mean)}</strong>`,
        ...(several ? [points(language, item.spread), String(item.values.length)] : []),
        ...(linear ? [points(language, item.probed)] : []),
        points(language, item.untrained),
        points(language, item.free),
        figure(language, item.rank, 1),
        figure(language, item.loss, 2),
        figure(language, item.zStd, 2),
        becameOf(item),
        ...(inPaper ? [paper] : []),
      ],
      'td',
    );
  });
  return `<div class="scroll"><table class="results"><thead>${row(head, 'th')}</thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** What the paper has after more epochs, where it has it. */
function longer(data: ReportData, say: Say): string {
  const { language, experiment } = data;
  const arms = studyOf(experiment.study).arms(experiment);
  const epochs = [...new Set(arms.flatMap(({ paper }) => paper.longer?.map((item) => item.epochs) ?? []))];
  return epochs
    .map((count) => {
      const list = arms.flatMap(({ id, paper }) => {
        const found = paper.longer?.find((item) => item.epochs === count);
        return found
          ? [`${armLabel(language, experiment.study, id, experiment.images)} ${figure(language, found.top1, 1)}`]
          : [];
      });
      return `<p class="small">${say('report.longer', { epochs: count, list: new Intl.ListFormat(language).format(list) })}</p>`;
    })
    .join('');
}

function charts(data: ReportData, say: Say, plain: Say): string {
  const { language, experiment, curves } = data;
  const order = armIds(data);
  const cosine = [...data.configs.values()].every((config) => lossOf(config).kind === 'cosine');
  const draw = (name: MetricName) => {
    const { unit, report, of } = metricOf(name);
    const { digits, include } = report!;
    const metric = metricLabel(language, name);
    const lines = curves.map(({ armId, untrained, epochs }) => {
      const at = (x: number, row: object) => {
        const y = valueAt(row, name);
        return y === null ? [] : [{ x, y }];
      };
      return {
        label: armLabel(language, experiment.study, armId, experiment.images),
        index: order.indexOf(armId),
        points: [
          ...(untrained && of === 'probe' ? at(0, untrained) : []),
          ...epochs.flatMap((item) => at(item.epoch, item)),
        ],
      };
    });
    if (lines.every((line) => line.points.length === 0)) return `<p class="small">${say('report.noCurve')}</p>`;
    const title = plain('report.curveOf', { metric });
    const svg = lineChart(lines, {
      title,
      xLabel: plain('report.epoch'),
      xText: (value) => figure(language, value, Number.isInteger(value) ? 0 : 1),
      yText: (value) => (unit === '%' ? `${figure(language, 100 * value, digits)} %` : figure(language, value, digits)),
      include,
      ...(name === 'loss' && cosine && { include: [-1, 0], rule: { y: -1, label: plain('report.collapseLine') } }),
    });
    return `<figure><figcaption>${escapeHtml(title)}</figcaption>${svg}</figure>`;
  };
  const legend = `<ul class="legend">${order.map((armId, index) => `<li>${lineSample(index)} ${nameOf(data, armId)}</li>`).join('')}</ul>`;
  return [legend, ...reportMetrics(experiment.measure).map(draw)].join('\n');
}

/** English words for metrics and settings are where these are defined; others are in a catalogue. */
const translated = (language: ReportLanguage, key: string, english: string): string => {
  const found = language === 'zh-CN' ? zhCN[key] : undefined;
  return typeof found === 'string' ? found : english;
};
const metricLabel = (language: ReportLanguage, name: MetricName): string =>
  translated(language, `metric.${name}.label`, metricOf(name).label);
const settingLabel = (language: ReportLanguage, path: string, label: string): string =>
  escapeHtml(translated(language, `setting.${path}.label`, label));
const settingAt = (config: RunConfig, path: string): string => {
  const value = path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], config);
  if (value === null) return '–'; // no value of its own
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
};

/** Settings in which arms differ, and the others; the seed is counted and the budget is given in epochs. */
function split({ configs }: ReportData) {
  const all = settings().filter(({ path }) => !['seed', 'minutes', 'threads', 'device'].includes(path));
  const differs = ({ path }: { path: string }) =>
    new Set([...configs.values()].map((config) => settingAt(config, path))).size > 1;
  return { different: all.filter(differs), same: all.filter((setting) => !differs(setting)) };
}

function differing(data: ReportData, say: Say): string {
  const { language, configs } = data;
  const { different } = split(data);
  const order = armIds(data);
  const head = row([say('report.setting'), ...order.map((armId) => nameOf(data, armId))], 'th');
  const body = different.map(({ path, meta }) =>
    row(
      [
        `${settingLabel(language, path, meta.label)} <code>${escapeHtml(path)}</code>`,
        ...order.map((armId) => escapeHtml(settingAt(configs.get(armId)!, path))),
      ],
      'td',
    ),
  );
  return `<h3>${say('report.different')}</h3><div class="scroll"><table><thead>${head}</thead><tbody>${body.join('')}</tbody></table></div>`;
}

function shared(data: ReportData, say: Say): string {
  const { language, configs } = data;
  const [config] = configs.values();
  const body = split(data).same.map(({ path, meta }) =>
    row(
      [
        `${settingLabel(language, path, meta.label)} <code>${escapeHtml(path)}</code>`,
        escapeHtml(settingAt(config!, path)),
      ],
      'td',
    ),
  );
  return `<details><summary>${say('report.shared')}</summary><table><thead>${row([say('report.setting'), say('report.value')], 'th')}</thead><tbody>${body.join('')}</tbody></table></details>`;
}

function definitions({ language, experiment }: ReportData, say: Say): string {
  const { measure, seeds } = experiment;
  const items = [
    escapeHtml(measureDefinition(language, experiment)),
    ...(measure === 'linear' ? [escapeHtml(measureDefinition(language, { ...experiment, measure: 'knn' }))] : []),
    say('report.definition.untrained'),
    say('report.definition.free'),
    ...(seeds > 1 ? [say('report.definition.spread')] : []),
    say('report.definition.rank'),
    say('report.definition.loss'),
    say('report.definition.std'),
  ];
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function facts(data: ReportData, say: Say): string {
  const { language, experiment, version, now } = data;
  const seconds = experiment.cells.reduce((sum, cell) => sum + cell.seconds, 0);
  const minutes = numberFormat(language, {
    style: 'unit',
    unit: 'minute',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(seconds / 60);
  const number = (value: number) => numberFormat(language, {}).format(value);
  const list: [LabKey, string][] = [
    ['report.folder', experiment.datasetName],
    ['report.photos', number(experiment.images)],
    ['report.trainings', `${number(experiment.rows.length)} × ${number(experiment.seeds)}`],
    [
      'report.epochs',
      `${number(experiment.epochs)} (${labText(language, 'report.budget', { minutes: experiment.minutes })})`,
    ],
    ['report.time', minutes],
    ['report.device', experiment.device ?? labLookup(language, 'report.none')!],
    ['report.date', new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(now)],
    ['report.version', version],
  ];
  return `<table class="facts"><tbody>${list.map(([key, value]) => row([say(key), escapeHtml(value)], 'td')).join('')}</tbody></table>`;
}
