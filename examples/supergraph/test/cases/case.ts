import type { GatewayName } from '../../start-gateway.ts';
import type { Requests } from '../supergraph.ts';

/** What comes of a query, and what it costs. */
export interface Outcome {
  /** Undefined when the answer has no data at all. */
  readonly data: unknown;
  /** Code and path of each error. */
  readonly errors?: readonly object[];
  readonly requests: Requests;
}

/** What a gateway makes of a query instead of what it should. */
export interface Limitation extends Outcome {
  /** It does not answer at all. */
  readonly hangs?: true;
  /** In the words of docs/federation.md. */
  readonly because: string;
}

/** A query that is sent through every gateway, and what should come of it. */
export interface Case extends Outcome {
  /** What it shows; a row of the table in docs/federation.md. */
  readonly shows: string;
  readonly query: string;
  readonly variables?: object;
  /** Asked while the task subgraph has no credentials for Visionular. */
  readonly withoutVisionular?: true;
  readonly limitations?: Partial<Record<GatewayName, Limitation>>;
}
