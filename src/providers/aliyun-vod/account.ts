import type { Environment, Tools, VendorRequest } from '../../domain/provider.ts';
import type { Parameters } from '../../vendor-http/query.ts';
import { toSignedQuery } from './sign.ts';

/** The centre of most accounts; an account elsewhere sets ALIYUN_VOD_ENDPOINT to `https://vod.<region>.aliyuncs.com`. */
const defaultEndpoint = 'https://vod.cn-shanghai.aliyuncs.com';

/** The request for GetTranscodeTask with these parameters, signed at this moment. */
export type ToRequest = (parameters: Parameters) => VendorRequest;

/** Reads the account. Undefined: no credentials. */
export const openAccount = (environment: Environment, { now, randomHex }: Tools): ToRequest | undefined => {
  const endpoint = environment.url('ALIYUN_VOD_ENDPOINT', defaultEndpoint);
  const securityToken = environment.secret('ALIBABA_CLOUD_SECURITY_TOKEN');
  const keys = environment.credentials('ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET');
  if (!keys) {
    if (securityToken)
      environment.fault('ALIBABA_CLOUD_SECURITY_TOKEN', 'is set without the key it belongs to.');
    return undefined;
  }
  return (parameters) => {
    const signed = {
      ...parameters,
      AccessKeyId: keys.ALIBABA_CLOUD_ACCESS_KEY_ID,
      Action: 'GetTranscodeTask',
      Format: 'JSON',
      ...(securityToken ? { SecurityToken: securityToken } : {}),
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: randomHex(16),
      SignatureVersion: '1.0',
      Timestamp: toTimestamp(now()),
      Version: '2017-03-21',
    };
    const query = toSignedQuery('GET', signed, keys.ALIBABA_CLOUD_ACCESS_KEY_SECRET);
    return { url: `${endpoint}/?${query}` };
  };
};

/** UTC to the second: the vendor refuses milliseconds. */
const toTimestamp = (now: number): string => new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z');
