/** The help pages: their order, the figure of each and the metrics it defines. Their text is in the catalogues. */
import { metricNames, metricOf } from '../../shared/metrics.ts';
import type { FigurePage, MetricName } from '../../shared/metrics.ts';

export interface HelpPage {
  id: FigurePage | 'simsiam' | 'library' | 'presets' | 'explore' | 'export' | 'keys' | 'verdicts' | 'lab';
  /** Null: words alone. */
  figure: 'views' | 'loss' | 'std' | 'rank' | 'neighbours' | 'collapse' | 'sphere' | 'study' | null;
  metrics: readonly MetricName[];
}

const defining = (id: FigurePage) => metricNames.filter((name) => metricOf(name).help === id);

export const helpPages: readonly [HelpPage, ...HelpPage[]] = [
  { id: 'simsiam', figure: 'views', metrics: [] },
  { id: 'library', figure: null, metrics: [] },
  { id: 'presets', figure: null, metrics: [] },
  { id: 'explore', figure: null, metrics: [] },
  { id: 'export', figure: null, metrics: [] },
  { id: 'keys', figure: null, metrics: [] },
  { id: 'loss', figure: 'loss', metrics: defining('loss') },
  { id: 'std', figure: 'std', metrics: defining('std') },
  { id: 'rank', figure: 'rank', metrics: defining('rank') },
  { id: 'quality', figure: 'neighbours', metrics: defining('quality') },
  { id: 'geometry', figure: 'sphere', metrics: defining('geometry') },
  { id: 'verdicts', figure: 'collapse', metrics: [] },
  { id: 'lab', figure: 'study', metrics: metricNames.filter((name) => metricOf(name).report) },
];
