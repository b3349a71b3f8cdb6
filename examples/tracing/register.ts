import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/**
 * Sends this program's traces to a collector over OTLP/HTTP:
 *
 *     OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 node --import ./examples/tracing/register.ts src/main.ts
 *
 * A gateway's decision to sample holds; of operations without one, the part OTEL_TRACES_SAMPLER_ARG (0 to 1) is sampled.
 */

/** Soon enough for the last spans to be sent while the server drains, in ms. */
const scheduledDelayMillis = 400;

const { OTEL_SERVICE_NAME = 'media-task-subgraph', OTEL_TRACES_SAMPLER_ARG = '1' } = process.env;

const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': OTEL_SERVICE_NAME }),
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(Number(OTEL_TRACES_SAMPLER_ARG)) }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis })],
});
trace.setGlobalTracerProvider(provider);
