import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * The names of all metrics, by Prometheus' conventions: base units, `_total` for what only grows. Dashboards and alerts
 * build on them. Labels have few values, all known when the program is written, but for `operation`, which is bounded by
 * `createOperationNames`: no id, message, address or text of a vendor is one.
 */

type InstrumentType = typeof Counter | typeof Gauge | typeof Histogram;

interface Definition<Type extends InstrumentType = InstrumentType> {
  readonly type: Type;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const callSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const waitSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const define =
  <Type extends InstrumentType>(type: Type) =>
  (name: string, help: string, ...labels: string[]): Definition<Type> => ({
    type,
    name: `media_tasks_${name}`,
    help,
    labels,
  });

const counter = define(Counter);
const gauge = define(Gauge);
const histogram = (
  name: string,
  help: string,
  buckets: readonly number[],
  ...labels: string[]
): Definition<typeof Histogram> => ({ ...define(Histogram)(name, help, ...labels), buckets });

export const metricDefinitions = {
  // Clients
  requests: counter(
    'requests_total',
    'Operations answered; a subscription counts when it begins.',
    'operation',
    'transport',
    'outcome',
    'fast_lane',
  ),
  requestSeconds: histogram(
    'request_duration_seconds',
    'From the first byte of a request to the last byte of its answer; without subscriptions.',
    requestSeconds,
    'operation',
  ),
  responseBytes: counter('response_bytes_total', 'Bytes of answers, before compression.', 'fast_lane'),
  refusals: counter('refusals_total', 'Clients refused, by the rule.', 'transport', 'rule', 'limit'),
  answers: counter('answers_total', 'Tasks and jobs in answers to queries, by outcome.', 'outcome'),
  subscriptions: gauge('subscriptions', 'Open subscriptions.', 'transport'),
  subscriptionsEnded: counter('subscriptions_ended_total', 'Subscriptions that ended.', 'transport', 'why'),
  subscriptionResults: counter(
    'subscription_results_total',
    'Results sent to subscriptions that ended.',
    'transport',
  ),
  conflations: counter(
    'queue_conflations_total',
    'Updates that newer ones replaced before a slow client read them.',
  ),

  // Lookups
  lookups: counter(
    'lookups_total',
    'Lookups of tasks and jobs, by outcome and by where what is shown came from.',
    'provider',
    'outcome',
    'source',
  ),
  lookupSeconds: histogram(
    'lookup_wait_seconds',
    'How long callers waited for what was not known and fresh.',
    requestSeconds,
    'provider',
  ),
  joins: counter('lookup_joins_total', 'Lookups that joined the wait of another caller.', 'provider'),
  shownAge: counter(
    'shown_age_seconds_total',
    'The sum of the ages of fresh answers shown from memory; divide by their number in lookups_total.',
    'provider',
  ),

  // Vendors
  configured: gauge('provider_configured', '1 if the provider has credentials.', 'provider'),
  calls: counter(
    'vendor_calls_total',
    'Calls to vendors, by the code of their end; OK if answered.',
    'provider',
    'code',
  ),
  callSeconds: histogram(
    'vendor_call_duration_seconds',
    'How long calls to vendors took.',
    callSeconds,
    'provider',
  ),
  callBytes: counter('vendor_response_bytes_total', 'Bytes of vendors’ answers, decompressed.', 'provider'),
  lastSuccess: gauge(
    'vendor_last_success_timestamp_seconds',
    'When this process last had an answer from the vendor; 0 if never.',
    'provider',
  ),
  clockOffset: gauge(
    'vendor_clock_offset_seconds',
    'How far the vendor’s clock is ahead of this machine’s, as far as it has been learnt.',
    'provider',
  ),

  // Quotas
  permitSeconds: histogram(
    'permit_wait_seconds',
    'How long calls waited for a permit of the rate limiter; its count is the permits granted.',
    waitSeconds,
    'provider',
  ),
  permitsRefused: counter(
    'permits_refused_total',
    'Wants that could have no permit before their deadline, by the reason.',
    'provider',
    'reason',
  ),
  quota: gauge('quota_calls_per_second', 'The limit of the account, in calls per second.', 'provider'),
  share: gauge(
    'quota_share',
    'The part of the limit that this process may use now, from 0 to 1.',
    'provider',
  ),
  backlog: gauge('backlog_seconds', 'How long the calls that are due now will take.', 'provider'),
  renewalBacklog: gauge(
    'renewal_backlog_seconds',
    'The part of the backlog that renews known answers in the background.',
    'provider',
  ),
  breaker: gauge('breaker_state', '1 for the state of the circuit breaker.', 'provider', 'state'),

  // Replicas and Redis
  accountState: gauge(
    'account_state',
    '1 for the role of this process for the account.',
    'provider',
    'state',
  ),
  leaseChanges: counter('lease_changes_total', 'Changes of that role.', 'provider', 'change'),
  redisUp: gauge('redis_up', '1 if Redis can be used; absent without Redis.'),
  redisLosses: counter('redis_losses_total', 'How often Redis was lost.'),

  // The process
  bugs: counter('unhandled_errors_total', 'Errors of this program’s own.'),
  info: gauge('build_info', 'Always 1; the labels say what runs.', 'version', 'node', 'shape'),
} as const satisfies Record<string, Definition>;

type Definitions = typeof metricDefinitions;

/** prom-client's instruments, by the same names. */
export type Instruments = {
  readonly [Name in keyof Definitions]: InstanceType<Definitions[Name]['type']>;
};

export const createInstruments = (registry: Registry): Instruments => {
  const entries = Object.entries<Definition>(metricDefinitions).map(([key, definition]) => {
    const { type: Instrument, name, help, labels, buckets } = definition;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    return [key, new Instrument(buckets ? { ...options, buckets: [...buckets] } : options)];
  });
  return Object.fromEntries(entries) as Instruments;
};
