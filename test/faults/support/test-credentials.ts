import type { SandboxOptions } from '../../../sandbox/index.ts';

/** Credentials that are easy to find wherever they turn up; temporary ones where there are any, because their tokens are sent, too. */
export const testCredentials: NonNullable<SandboxOptions['credentials']> = {
  aliyunVod: {
    temporary: {
      id: 'STS.FAULTS-ALIYUN-ID',
      secret: 'faults-aliyun-secret-51aa',
      token: 'FAULTS+aliyun/token=with special*~',
    },
  },
  volcengine: {
    temporary: {
      id: 'FAULTS-VOLCENGINE-ID',
      secret: 'faults-volcengine-secret-72bb',
      token: 'FAULTS+volcengine/token=with special*~',
    },
  },
  visionular: { id: 'FAULTSVISIONULAR', secret: 'faults-visionular-secret-0093cc3' },
  zego: { appId: 3_141_592_653, serverSecret: 'faults-zego-server-secret-04dd44' },
};

export const redisPassword = 'faults-redis-password-05ee';
export const routerSecret = 'faults-router-secret-06ff';

/** The variables with which a subgraph uses them. */
export const credentialVariables: Readonly<Record<string, string>> = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.FAULTS-ALIYUN-ID',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'faults-aliyun-secret-51aa',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'FAULTS+aliyun/token=with special*~',
  VOLCENGINE_ACCESS_KEY: 'FAULTS-VOLCENGINE-ID',
  VOLCENGINE_SECRET_KEY: 'faults-volcengine-secret-72bb',
  VOLCENGINE_SESSION_TOKEN: 'FAULTS+volcengine/token=with special*~',
  VISIONULAR_ACCESS_KEY: 'FAULTSVISIONULAR',
  VISIONULAR_SECRET_KEY: 'faults-visionular-secret-0093cc3',
  ZEGO_APP_ID: '3141592653',
  ZEGO_SERVER_SECRET: 'faults-zego-server-secret-04dd44',
  ROUTER_SECRETS: `${routerSecret},faults-router-secret-of-yesterday`,
};

const basic = Buffer.from('FAULTSVISIONULAR:faults-visionular-secret-0093cc3').toString('base64');

const spellings = [
  ...Object.values(credentialVariables),
  redisPassword,
  routerSecret,
  'faults-router-secret-of-yesterday',
  basic,
].flatMap((secret) => [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))]);

/** What only a signed request has. */
const signature =
  /\b(Signature|SignatureNonce|AccessKeyId|SecurityToken)(=|%3D)|HMAC-SHA256 Credential|\bBasic [\w+/]{8}|X-Signature/;

const secrets = [...new Set(spellings)];

/** The secrets, and what only a signed request has, that stand in a text. */
export const secretsIn = (text: string): string[] => {
  const found = secrets.filter((secret) => text.includes(secret));
  const signed = signature.exec(text);
  return signed ? [...found, signed[0]] : found;
};
