import { bookingCases } from './bookings.ts';
import type { Case } from './case.ts';
import { noteCases } from './notes.ts';
import { taskCases } from './tasks.ts';

export const cases: readonly Case[] = [...taskCases, ...noteCases, ...bookingCases];
