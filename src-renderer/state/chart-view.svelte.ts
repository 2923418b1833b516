/** How charts are drawn, chosen once for all of them: x axis, smoothing, log y, and which run is under the pointer. */
import type { XAxis } from '../charts/series.ts';

export class ChartView {
  axis = $state<XAxis>('epoch');
  /** 0 to 0.999. */
  smoothing = $state(0.6);
  logY = $state(false);
  /** Run to show in full while the others are dimmed; null: none. */
  highlighted = $state<string | null>(null);
}
