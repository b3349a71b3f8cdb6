import { toNetwork } from './address-count.ts';

/** The header, or the field of a WebSocket's connection parameters, in which a router names whom it asks for. */
export const callerHeader = 'x-caller-id';

/** Longer names are cut: they are kept with each task that is asked for, and sent to other replicas. */
const longestName = 200;

/**
 * By whom vendors' quotas are shared fairly: the router's name for the caller, or the caller's address where there are no
 * router secrets. Empty when the router names nobody: then each request is a caller of its own.
 */
export type IdentifyCaller = (name: unknown, address: string | undefined) => string;

/** @param isBehindRouter whether callers must send a router secret: only then is the name that they send believed */
export const createIdentifyCaller = (isBehindRouter: boolean): IdentifyCaller =>
  isBehindRouter
    ? (name) =>
        typeof name === 'string' && name !== '' ? `caller ${name.slice(0, longestName).toWellFormed()}` : ''
    : (_name, address) => `address ${toNetwork(address ?? '')}`;
