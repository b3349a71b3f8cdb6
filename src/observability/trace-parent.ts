import { type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import type { TraceParent } from '../domain/events.ts';

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The id of the trace; undefined when the text is no `traceparent`. */
export const toTraceId = (parent: TraceParent | undefined): string | undefined =>
  parent === undefined ? undefined : pattern.exec(parent)?.[1];

/** Undefined when the text is no `traceparent`. */
export const toSpanContext = (parent: TraceParent | undefined): SpanContext | undefined => {
  const [, traceId, spanId, flags = '00'] = (parent && pattern.exec(parent)) || [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
};

/** The context in which a span is the child of this one; of none, if there is none. */
export const toContext = (parent: TraceParent | undefined): Context => {
  const spanContext = toSpanContext(parent);
  return spanContext ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
};

export const toTraceParent = ({ traceId, spanId, traceFlags }: SpanContext): TraceParent =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
