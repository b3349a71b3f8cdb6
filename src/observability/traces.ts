import {
  type Attributes,
  type Link,
  ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type {
  AccountRef,
  AppEvent,
  BeginTrace,
  LookupFinished,
  RequestFinished,
  TraceParent,
  VendorCallFinished,
} from '../domain/events.ts';
import { toContext, toSpanContext, toTraceParent } from './trace-parent.ts';

/**
 * Spans of operations, and below each: its lookups, its calls' waits for a permit, and its vendor calls. They are made
 * when what they stand for has ended, but for operations: the spans below need the id of theirs.
 */
export interface Tracing {
  readonly begin: BeginTrace;
  listen(event: AppEvent): void;
}

/** @returns undefined when no OpenTelemetry SDK has been loaded before this program: then nothing is traced */
export const createTracing = (): Tracing | undefined => {
  const provider = trace.getTracerProvider();
  const isIdle =
    provider instanceof ProxyTracerProvider && !provider.getDelegateTracer('media-task-subgraph');
  return isIdle ? undefined : traceWith(provider.getTracer('media-task-subgraph'));
};

interface SpanFacts {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly durationMs: number;
  readonly parent: TraceParent | undefined;
  /** What it has to do with without being below it. */
  readonly links?: readonly (TraceParent | undefined)[];
  /** The code of what went wrong, if something did. */
  readonly error?: string | undefined;
  readonly attributes: Attributes;
}

const traceWith = (tracer: Tracer): Tracing => {
  /** The spans of operations that have not ended, by what they are known as elsewhere. */
  const operations = new Map<TraceParent, Span>();

  const record = ({ name, kind = SpanKind.INTERNAL, parent, links = [], ...facts }: SpanFacts): void => {
    const { durationMs, error, attributes } = facts;
    const now = Date.now();
    const startTime = now - durationMs;
    const span = tracer.startSpan(
      name,
      { kind, startTime, attributes, links: links.flatMap(toLink) },
      toContext(parent),
    );
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(now);
  };

  const endOperation = (event: RequestFinished): void => {
    const span = event.trace === undefined ? undefined : operations.get(event.trace);
    if (!span || event.trace === undefined) return;
    operations.delete(event.trace);
    const type = event.transport === 'http' ? 'query' : 'subscription';
    if (event.operation !== undefined) {
      span.updateName(`${type} ${event.operation}`);
      span.setAttribute('graphql.operation.name', event.operation);
    } else span.updateName(type);
    span.setAttributes({
      'graphql.operation.type': type,
      'media_tasks.transport': event.transport,
      'media_tasks.outcome': event.outcome,
      'media_tasks.fast_lane': event.isFastLane,
      'http.response.body.size': event.bytes,
    });
    if (event.status > 0) span.setAttribute('http.response.status_code', event.status);
    if (event.outcome === 'error') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };

  return {
    begin: (incoming) => {
      const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, toContext(incoming));
      const own = toTraceParent(span.spanContext());
      operations.set(own, span);
      return own;
    },
    listen: (event) => {
      switch (event.kind) {
        case 'request-finished':
          return endOperation(event);
        case 'lookup-finished':
          return record(toLookup(event, event.account));
        case 'vendor-call-finished':
          return record(toCall(event, event.account));
        case 'permit-granted': {
          const { trace: parent, waitedMs: durationMs } = event;
          if (parent === undefined) return;
          const attributes = toAttributes(event.account);
          return record({ name: 'wait for a permit', parent, durationMs, attributes });
        }
        case 'permit-refused': {
          const { trace: parent, reason } = event;
          if (parent === undefined) return;
          const attributes = { ...toAttributes(event.account), 'media_tasks.reason': reason };
          return record({ name: 'permit refused', parent, durationMs: 0, error: reason, attributes });
        }
      }
    },
  };
};

const toLink = (parent: TraceParent | undefined): Link[] => {
  const context = toSpanContext(parent);
  return context ? [{ context }] : [];
};

const toAttributes = ({ provider, id }: AccountRef): Attributes => ({
  'media_tasks.provider': provider,
  'media_tasks.account': id,
});

const toLookup = (event: LookupFinished, account: AccountRef): SpanFacts => ({
  name: `lookup ${event.typename}`,
  parent: event.trace,
  links: [event.joined?.trace],
  durationMs: event.durationMs,
  attributes: {
    ...toAttributes(account),
    'media_tasks.outcome': event.outcome,
    'media_tasks.source': event.source,
    'media_tasks.joined': event.joined !== undefined,
    ...(event.reason ? { 'media_tasks.reason': event.reason } : {}),
  },
});

/** By the semantic conventions for HTTP clients, but without the address: signatures stand in its query. */
const toCall = (event: VendorCallFinished, account: AccountRef): SpanFacts => {
  const { failure, host, status, attempt, isRenewal } = event;
  const [address = '', port] = host.split(':');
  const requestId = failure?.vendorRequestId ?? event.vendorRequestId;
  return {
    name: 'GET',
    kind: SpanKind.CLIENT,
    // A renewal is of nobody's request: the one that wanted it has ended.
    parent: isRenewal ? undefined : event.trace,
    links: isRenewal ? [event.trace] : [],
    durationMs: event.durationMs,
    error: failure?.code,
    attributes: {
      ...toAttributes(account),
      'http.request.method': 'GET',
      'server.address': address,
      ...(port ? { 'server.port': Number(port) } : {}),
      ...(status > 0 ? { 'http.response.status_code': status } : {}),
      ...(attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {}),
      ...(failure ? { 'error.type': failure.code } : {}),
      ...(failure?.vendorCode ? { 'media_tasks.vendor_code': failure.vendorCode } : {}),
      ...(requestId ? { 'media_tasks.vendor_request_id': requestId } : {}),
      'media_tasks.items': event.items,
      'media_tasks.renewal': isRenewal,
      'media_tasks.replicas': event.replicas,
    },
  };
};
