import { bookingCases } from './bookings.ts';
import type { Case } from './case.ts';
import { chainCases } from './chains.ts';
import { noteCases } from './notes.ts';
import { taskCases } from './tasks.ts';

export { chainCases };

/** Asked of the supergraph of examples/supergraph; the chains are asked of one with more siblings. */
export const cases: readonly Case[] = [...taskCases, ...noteCases, ...bookingCases];
