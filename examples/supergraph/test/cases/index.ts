import { bookingCases } from './bookings.ts';
import type { Case } from './case.ts';
import { chainCases } from './chains.ts';
import { noteCases } from './notes.ts';
import { taskCases } from './tasks.ts';

export { chainCases };

/** Queries for the supergraph of examples/supergraph; those of the chains need more siblings. */
export const cases: readonly Case[] = [...taskCases, ...noteCases, ...bookingCases];
