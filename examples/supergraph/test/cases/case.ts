import type { GatewayName } from '../../start-gateway.ts';
import type { Requests } from '../supergraph.ts';

/** The result of a query, and its requests. */
export interface Outcome {
  /** Undefined when the answer has no data at all. */
  readonly data: unknown;
  /** Code and path of each error. */
  readonly errors?: readonly object[];
  readonly requests: Requests;
}

/** A gateway's deviation from the expected result. */
export interface Limitation extends Outcome {
  /** It does not answer at all. */
  readonly hangs?: true;
  /** The text in docs/federation.md. */
  readonly because: string;
}

/** A query that is sent through every gateway, and its expected result. */
export interface Case extends Outcome {
  /** Its title: a row of the table in docs/federation.md. */
  readonly shows: string;
  readonly query: string;
  readonly variables?: object;
  /** Asked while the task subgraph has no credentials for Visionular. */
  readonly withoutVisionular?: true;
  readonly limitations?: Partial<Record<GatewayName, Limitation>>;
}
