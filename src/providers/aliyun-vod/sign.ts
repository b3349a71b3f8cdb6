import { createHmac } from 'node:crypto';
import { type Parameters, percentEncode, toCanonicalQuery } from '../../vendor-http/query.ts';

/**
 * The query of a request signed with Alibaba Cloud's RPC signature, version 1.0: HMAC-SHA1 over method, path and
 * canonical query with the secret and `&` as key. Headers take no part.
 * https://www.alibabacloud.com/help/en/vod/developer-reference/request-signatures
 */
export const toSignedQuery = (method: string, parameters: Parameters, accessKeySecret: string): string => {
  const query = toCanonicalQuery(parameters);
  const stringToSign = `${method}&${percentEncode('/')}&${percentEncode(query)}`;
  const signature = createHmac('sha1', `${accessKeySecret}&`).update(stringToSign).digest('base64');
  return `${query}&Signature=${percentEncode(signature)}`;
};
