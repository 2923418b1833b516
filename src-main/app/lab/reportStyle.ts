/** The report's look: the window's colours and type, for paper and screen, light and dark. */

/** Okabe and Ito's and Tol's colours as in Runs; lighter ones where the ground is dark. */
const arms = [
  '#0072b2',
  '#c47a00',
  '#00805e',
  '#b14f8a',
  '#2b7fae',
  '#d55e00',
  '#332288',
  '#777718',
  '#882255',
  '#2c8a7b',
];
const armsDark = [
  '#5db8f0',
  '#f0b23c',
  '#3fd0a2',
  '#e39cc6',
  '#93d3f7',
  '#ff8f55',
  '#a99bf5',
  '#cfcf6a',
  '#e08bb4',
  '#7fdccb',
];
const variables = (colors: readonly string[]) => colors.map((color, i) => `--arm-${i}:${color}`).join(';');

export const reportStyle = `
:root{--bg:#f6f6f3;--surface:#fff;--line:#deded8;--text:#1b1f1e;--muted:#57605d;--soft:#dcefec;${variables(arms)}}
@media (prefers-color-scheme:dark){:root{--bg:#131615;--surface:#1b1f1e;--line:#2e3432;--text:#eceeed;--muted:#a3aca9;--soft:#11352f;${variables(armsDark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;font-variant-numeric:tabular-nums}
main{max-width:880px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 8px}
h2{font-size:18px;margin:40px 0 8px}
h3{font-size:15px;margin:16px 0 8px}
p{margin:8px 0;max-width:72ch}
.lead,.small,figcaption,small,.axis{color:var(--muted)}
.small,figcaption{font-size:13px}
.notice{background:var(--soft);padding:8px 16px;border-radius:8px}
.findings{font-size:16px;padding-left:20px}
.findings li{margin:6px 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;background:var(--surface);border:1px solid var(--line);border-radius:8px;font-size:14px}
th,td{padding:6px 12px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:600;font-size:13px}
tbody th{font-weight:500}
tbody tr:last-child>*{border-bottom:0}
.results{width:100%}
.results td{text-align:right}
.results thead th:not(:first-child){text-align:right}
code{color:var(--muted);font:12px ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
details{margin:16px 0}
summary{cursor:pointer;font-weight:600;margin-bottom:8px}
figure{margin:16px 0;background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:12px}
figure svg{display:block;width:100%;height:auto}
svg text{font-size:11px;fill:var(--muted)}
svg .y,svg .axis{text-anchor:end}
svg .x{text-anchor:middle}
.grid{stroke:var(--line);stroke-width:1}
.rule{stroke:var(--muted);stroke-width:1;stroke-dasharray:3 3}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;font-size:14px}
.sample{width:28px;height:8px;vertical-align:middle;margin-right:4px}
.sample line{stroke-width:2.5}
@media print{body{background:none}main{max-width:none;padding:0}figure,tr{break-inside:avoid}details{display:none}}
`;
