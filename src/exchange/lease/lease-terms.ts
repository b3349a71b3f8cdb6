import type { HandOver } from '../../owner/owner.ts';
import type { LeaseRecord } from './lease-record.ts';

/** For so long after its last renewal an owner may make calls, and nobody else becomes the owner. */
export const leaseMs = 2_500;
/** How often an owner renews its lease. */
export const renewEveryMs = 500;

/** What is to be asked of Redis or of the other replicas now. */
export type LeaseAction =
  /** Read the record. */
  | { readonly kind: 'read' }
  /** Ask the other replicas whether they know of an owner: the record is missing. */
  | { readonly kind: 'ask' }
  /** Replace the record by one of this term and counter, if it begins with `expected`. */
  | {
      readonly kind: 'claim' | 'renew';
      readonly expected: string;
      readonly term: number;
      readonly counter: number;
    };

/** How a process came to be the owner. */
export interface Succession {
  /** The record that was replaced, or the last one that was known before Redis lost it. */
  readonly predecessor: LeaseRecord | undefined;
  /** What a predecessor that stopped by itself has passed on. */
  readonly handOver: HandOver | undefined;
  /** How many replicas the others knew of, when Redis has lost the record. 0: nobody knew. */
  readonly replicas: number;
  /** No call before: a predecessor's may still count at the vendor. By `Clock.elapsed`. */
  readonly holdUntil: number;
}
