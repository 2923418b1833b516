/** The help pages: their order, the figure of each and the metrics it defines. Their text is in the catalogues. */
import type { MetricName } from '../../shared/metrics.ts';

export interface HelpPage {
  id: 'simsiam' | 'loss' | 'std' | 'rank' | 'quality' | 'geometry' | 'collapse' | 'lab';
  figure: 'views' | 'loss' | 'std' | 'rank' | 'neighbours' | 'collapse' | 'sphere' | 'study';
  metrics: readonly MetricName[];
}

export const helpPages: readonly [HelpPage, ...HelpPage[]] = [
  { id: 'simsiam', figure: 'views', metrics: [] },
  { id: 'loss', figure: 'loss', metrics: ['loss', 'learningRate'] },
  { id: 'std', figure: 'std', metrics: ['zStdTraining', 'std.projection', 'std.prediction', 'std.backbone'] },
  { id: 'rank', figure: 'rank', metrics: ['rank.backbone', 'rank.projection'] },
  { id: 'quality', figure: 'neighbours', metrics: ['knn', 'agreement'] },
  { id: 'geometry', figure: 'sphere', metrics: ['alignment', 'uniformity'] },
  { id: 'collapse', figure: 'collapse', metrics: [] },
  { id: 'lab', figure: 'study', metrics: ['knn', 'agreement', 'rank.backbone', 'zStdTraining'] },
];
