/** How charts are drawn, chosen once for all of them: x axis, smoothing, log y, and which run is under the pointer. */
import type { XAxis } from '../charts/series.ts';

export class ChartView {
  axis = $state<XAxis>('epoch');
  /** 0 to 0.999. */
  smoothing = $state(0.6);
  logY = $state(false);
  /** Id of the run to show in full while the others are dimmed; null: all in full. */
  highlighted = $state<string | null>(null);
}
