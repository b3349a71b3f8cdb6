import { median } from '../median.ts';
import type { Kind } from './contestant.ts';
import type { Curves, Point } from './curves.ts';
import type { Results } from './report.ts';

const shown: readonly (readonly [Kind, string, string])[] = [
  ['ours', 'this', '#1f6feb'],
  ['ours without lane', 'this, FAST_LANE=false', '#9ec5fe'],
  ['mercurius', 'Mercurius + JIT', '#e8833a'],
  ['yoga', 'Yoga + response cache', '#8a63d2'],
  ['apollo', 'Apollo Server', '#5b8c5a'],
  ['apollo-rest', 'Apollo + RESTDataSource', '#999999'],
];

const width = 900;
const left = 60;
const barHeight = 11;

/** How near each server comes to the limit, by CPU per request; below, how the cost grows. */
export const drawChart = (results: Results, curves: Curves): string => {
  const parts: string[] = [];
  let y = 60;
  const scale = (width - left - 120) / 100;
  for (const [name, ofWorkload] of results) {
    const cpuOf = (kind: Kind) => median((ofWorkload.get(kind) ?? []).map(({ cpuUs }) => cpuUs));
    parts.push(text(left - 8, y + 38, name, 'end', 'bold'));
    for (const [kind, , colour] of shown) {
      const percent = (100 * cpuOf('fastify')) / cpuOf(kind);
      const label = `${percent.toFixed(percent < 10 ? 1 : 0)} % · ${cpuOf(kind).toFixed(0)} µs`;
      parts.push(
        `<rect x="${left}" y="${y}" width="${(percent * scale).toFixed(1)}" height="${barHeight - 2}" fill="${colour}"/>`,
        text(left + percent * scale + 5, y + 8, label),
      );
      y += barHeight;
    }
    y += 12;
  }
  const legend = shown.map(
    ([, label, colour], n) =>
      `<rect x="${left + n * 138}" y="34" width="9" height="9" fill="${colour}"/>${text(left + 13 + n * 138, 42, label)}`,
  );
  y += 30;
  const curve = [
    drawCurve(left, y, 'CPU µs per request, by number of tasks', curves.tasks, (at) => at / 200),
    drawCurve(
      left + 430,
      y,
      'CPU µs per request (50 tasks), by requests in flight',
      curves.inFlight,
      (at) => Math.log10(at) / 3,
    ),
  ];
  const height = y + 210;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="9" fill="#24292f">
<title>Requests to this server and to its peers: share of the limit, and growth with the number of tasks</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${text(left, 20, 'Share of the limit by CPU per request: 100 % is Fastify sending bytes that it has', 'start', 'bold')}
${[...legend, ...parts, ...curve].join('\n')}
</svg>
`;
};

const text = (x: number, y: number, content: string, anchor = 'start', weight = 'normal'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-weight="${weight}">${content}</text>`;

const drawCurve = (
  x: number,
  y: number,
  title: string,
  points: readonly Point[],
  toPart: (at: number) => number,
): string => {
  const [w, h] = [360, 140];
  const most = Math.max(...points.map(({ measured }) => measured.cpuUs)) * 1.1;
  const places = points.map(({ at, measured }) => ({
    at,
    cpuUs: measured.cpuUs,
    px: x + toPart(at) * w,
    py: y + 20 + h - (measured.cpuUs / most) * h,
  }));
  const line = places.map(({ px, py }) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
  const labels = places.map(
    ({ at, cpuUs, px, py }) =>
      text(px, py - 6, cpuUs.toFixed(0), 'middle') + text(px, y + h + 34, String(at), 'middle'),
  );
  return `${text(x, y, title, 'start', 'bold')}
<line x1="${x}" y1="${y + 20 + h}" x2="${x + w}" y2="${y + 20 + h}" stroke="#888"/>
<polyline points="${line}" fill="none" stroke="#1f6feb" stroke-width="2"/>
${labels.join('')}`;
};
