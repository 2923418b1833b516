/** Behind the curves: shaded ranges of the y axis (warning, alarm) and a dashed line at the healthy value. */
import type { Plugin } from 'chart.js';

export interface Band {
  from: number;
  to: number;
  /** Name of the colour in base.css. */
  token: '--warn' | '--bad';
}

interface BandOptions {
  bands?: { from: number; to: number; color: string }[];
  reference?: number | null;
  referenceColor?: string;
}

export const bandPlugin: Plugin<'line', BandOptions> = {
  id: 'bands',
  beforeDatasetsDraw(chart, _arguments, options) {
    const { ctx, chartArea, scales } = chart;
    const y = scales.y;
    if (!y || !chartArea) return;
    const clamp = (value: number) => Math.max(chartArea.top, Math.min(chartArea.bottom, y.getPixelForValue(value)));
    ctx.save();
    for (const { from, to, color } of options.bands ?? []) {
      const top = clamp(to);
      ctx.fillStyle = color;
      ctx.fillRect(chartArea.left, top, chartArea.width, clamp(from) - top);
    }
    const { reference } = options;
    if (typeof reference === 'number' && reference >= y.min && reference <= y.max) {
      ctx.strokeStyle = options.referenceColor ?? '#888888';
      ctx.setLineDash([2, 4]);
      ctx.beginPath();
      ctx.moveTo(chartArea.left, clamp(reference));
      ctx.lineTo(chartArea.right, clamp(reference));
      ctx.stroke();
    }
    ctx.restore();
  },
};
