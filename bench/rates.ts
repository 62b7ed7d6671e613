import Table from 'cli-table3';
import { MB, medianOf } from './measure.ts';
import type { Measured, Way } from './serve-days.ts';

/** One way to serve, and what its rounds took. */
export interface MeasuredWay {
  what: Way['what'];
  measured: Measured[];
}

/** The median of the rounds' shares, simulator to bare server: the two of one round met the same neighbours. */
export function shareOf(ways: Readonly<Record<string, MeasuredWay>>, served: string): number {
  const bare = ways[`bare, ${served}`]?.measured ?? [];
  const simulator = ways[`simulator, ${served}`]?.measured ?? [];
  return medianOf(bare.map(({ seconds }, round) => seconds / (simulator[round]?.seconds ?? Number.NaN)));
}

/** The rates of all ways, a line each, where a round serves so many bytes. */
export function tableOfRates(ways: Readonly<Record<string, MeasuredWay>>, roundBytes: number): string {
  const rateOf = (seconds: number): number => roundBytes / MB / seconds;
  const table = new Table({
    head: ['served', 'rate', 'slowest', 'fastest', "server's CPU", 'rate of a CPU'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const [name, { measured }] of Object.entries(ways)) {
    const rates = measured.map(({ seconds }) => rateOf(seconds));
    table.push([
      name,
      `${medianOf(rates).toFixed(0)} MB/s`,
      `${Math.min(...rates).toFixed(0)} MB/s`,
      `${Math.max(...rates).toFixed(0)} MB/s`,
      inPercent(medianOf(measured.map(({ seconds, cpuSeconds }) => cpuSeconds / seconds))),
      `${medianOf(measured.map(({ cpuSeconds }) => rateOf(cpuSeconds))).toFixed(0)} MB/s`,
    ]);
  }
  return table.toString();
}

/** A share as text. */
export function inPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
