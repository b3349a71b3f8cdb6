import type { SandboxOptions } from '../../../sandbox/index.ts';

/** Credentials that catch the eye wherever they turn up; the temporary ones, because their tokens are sent, too. */
export const canaryCredentials: NonNullable<SandboxOptions['credentials']> = {
  aliyunVod: {
    temporary: {
      id: 'STS.CANARY-ALIYUN-ID',
      secret: 'canary-aliyun-secret-51aa',
      token: 'CANARY+aliyun/token=with special*~',
    },
  },
  volcengine: {
    temporary: {
      id: 'CANARY-VOLCENGINE-ID',
      secret: 'canary-volcengine-secret-72bb',
      token: 'CANARY+volcengine/token=with special*~',
    },
  },
  visionular: { id: 'CANARYVISIONULAR', secret: 'canary-visionular-secret-0093cc3' },
  zego: { appId: 3_141_592_653, serverSecret: 'canary-zego-server-secret-04dd44' },
};

export const canaryRedisPassword = 'canary-redis-password-05ee';
export const canaryRouterSecret = 'canary-router-secret-06ff';

/** What makes a subgraph use the canaries, beside the addresses. */
export const canaryVariables: Readonly<Record<string, string>> = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.CANARY-ALIYUN-ID',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'canary-aliyun-secret-51aa',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'CANARY+aliyun/token=with special*~',
  VOLCENGINE_ACCESS_KEY: 'CANARY-VOLCENGINE-ID',
  VOLCENGINE_SECRET_KEY: 'canary-volcengine-secret-72bb',
  VOLCENGINE_SESSION_TOKEN: 'CANARY+volcengine/token=with special*~',
  VISIONULAR_ACCESS_KEY: 'CANARYVISIONULAR',
  VISIONULAR_SECRET_KEY: 'canary-visionular-secret-0093cc3',
  ZEGO_APP_ID: '3141592653',
  ZEGO_SERVER_SECRET: 'canary-zego-server-secret-04dd44',
  ROUTER_SECRETS: `${canaryRouterSecret},canary-router-secret-of-yesterday`,
};

const basic = Buffer.from('CANARYVISIONULAR:canary-visionular-secret-0093cc3').toString('base64');

const spellings = [
  ...Object.values(canaryVariables),
  canaryRedisPassword,
  canaryRouterSecret,
  'canary-router-secret-of-yesterday',
  basic,
].flatMap((secret) => [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))]);

/** What only a signed request has. */
const signsOfSignature =
  /\b(Signature|SignatureNonce|AccessKeyId|SecurityToken)(=|%3D)|HMAC-SHA256 Credential|\bBasic [\w+/]{8}|X-Signature/;

const secrets = [...new Set(spellings)];

/** The secrets, or signs of a signed request, that a text gives away. */
export const secretsIn = (text: string): string[] => {
  const found = secrets.filter((secret) => text.includes(secret));
  const sign = signsOfSignature.exec(text);
  return sign ? [...found, sign[0]] : found;
};
