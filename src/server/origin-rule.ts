import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request may come from where its browser says it comes from. */
export type OriginRule = (headers: IncomingHttpHeaders) => boolean;

/**
 * One rule for HTTP, event streams and WebSockets: a page of another site must not use its visitor's way to this server,
 * unless its origin is allowed. Servers send neither header, and pass. What `Sec-Fetch-Site` says is the browser's own
 * word, which holds behind proxies that change `Host`; browsers leave it out on plain http, where `Origin` decides.
 * @param allowedOrigins as browsers write them, such as `https://dashboard.example.com`
 */
export const createOriginRule = (allowedOrigins: readonly string[]): OriginRule => {
  const allowed = new Set(allowedOrigins);
  return ({ 'sec-fetch-site': site, origin, host }) => {
    if (site === 'same-origin' || site === 'none') return true;
    if (origin === undefined) return site === undefined;
    return allowed.has(origin) || (site === undefined && hostOf(origin) === host?.toLowerCase());
  };
};

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host;
