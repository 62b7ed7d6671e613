import { IllegalStateError } from '@temporalio/common';
import {
  type Logger,
  makeTelemetryFilterString,
  type MetricsExporterConfig,
  Runtime,
} from '@temporalio/worker';
import { InvalidWorkerConfig } from './config.ts';
import { HISTOGRAM_BUCKETS } from './metric-series.ts';
import type { MetricsTarget } from './read-metrics-target.ts';

/** What a worker process tells of itself, and where. */
export interface InstallRuntimeInput {
  logger: Logger;
  /** Where its metrics go, and those of the SDK; undefined for nowhere. */
  metrics: MetricsTarget | undefined;
}

/**
 * Gives the process its one Runtime of Temporal's SDK: before the first connection, which makes a default one else.
 * What its native part logs goes through the same logger. Where somebody has installed one already, theirs stays.
 *
 * @throws `InvalidWorkerConfig` where the metrics can not go to their place: nobody can listen there, or the Runtime
 * is somebody else's.
 */
export function installRuntime({ logger, metrics }: InstallRuntimeInput): void {
  try {
    Runtime.install({
      logger,
      telemetryOptions: {
        logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
        ...(metrics && { metrics: exporterOf(metrics) }),
      },
    });
  } catch (error) {
    if (metrics !== undefined) {
      throw new InvalidWorkerConfig([
        `${metrics.variable} must be where metrics can go, got ${metrics.told}: ` +
          (error instanceof Error ? error.message : String(error)),
      ]);
    }
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** From one message to the collector to the next. */
const OTLP_INTERVAL = '5 seconds';

function exporterOf(target: MetricsTarget): MetricsExporterConfig {
  const how = { useSecondsForDurations: true, histogramBucketOverrides: HISTOGRAM_BUCKETS };
  return target.kind === 'prometheus'
    ? { prometheus: { bindAddress: target.bindAddress, ...how } }
    : { otel: { url: target.url, http: target.http, metricsExportInterval: OTLP_INTERVAL, ...how } };
}
