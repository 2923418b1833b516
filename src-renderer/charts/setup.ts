/** The parts of chart.js that are used, registered once. */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import zoom from 'chartjs-plugin-zoom';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip, Filler, zoom);
Chart.defaults.font.family = 'system-ui, sans-serif';
Chart.defaults.font.size = 12;

export { Chart };
