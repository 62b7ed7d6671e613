/** What a process shows to Prometheus. */

/** One series with its value. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** A metric with its type, and its series. Those of a histogram are its `_count`, `_sum` and `_bucket`. */
export interface Metric {
  type: string;
  help: string;
  samples: Map<string, Sample[]>;
}

/** Reads the text format of Prometheus, as far as the SDK writes it. */
export function parseMetrics(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  let help = '';
  let current: Metric | undefined;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') help = rest;
    else if (word === 'TYPE') {
      if (metrics.has(name)) throw new Error(`${name} is there twice`);
      current = { type: rest, help, samples: new Map() };
      metrics.set(name, current);
    } else {
      const [, series = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (series === '' || !current) throw new Error(`not understood: ${line}`);
      const sample = { labels: parseLabels(labels), value: Number(value.replace('+Inf', 'Infinity')) };
      current.samples.set(series, [...(current.samples.get(series) ?? []), sample]);
    }
  }
  return metrics;
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The sum of the series that have all these labels. */
export function sumOf(
  metrics: Map<string, Metric>,
  series: string,
  labels: Record<string, string> = {},
): number {
  const metric = metrics.get(series) ?? metrics.get(series.replace(/_(count|sum|bucket)$/, ''));
  return (metric?.samples.get(series) ?? [])
    .filter((sample) => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
