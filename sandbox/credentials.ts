/** An access key; with a token it is a temporary one (STS) and only valid together with the token. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
}

export interface SandboxCredentials {
  readonly aliyunVod: AccessKey;
  readonly aliyunVodTemporary: Required<AccessKey>;
  readonly volcengine: AccessKey;
  readonly volcengineTemporary: Required<AccessKey>;
  readonly visionular: AccessKey;
  readonly zego: { readonly appId: number; readonly serverSecret: string };
}

/** Made up, and made to look it; lengths and alphabets are those of the vendors' real ones. */
export const sandboxCredentials: SandboxCredentials = {
  aliyunVod: { id: 'SANDBOX-ALIYUN-KEY', secret: 'not-a-secret-sandbox-aliyun' },
  aliyunVodTemporary: {
    id: 'STS.SANDBOX-ALIYUN-KEY',
    secret: 'not-a-secret-sandbox-aliyun-temporary',
    token: 'CAIS+sandbox/token=with special*~characters',
  },
  volcengine: { id: 'SANDBOX-VOLCENGINE-KEY', secret: 'not-a-secret-sandbox-volcengine' },
  volcengineTemporary: {
    id: 'SANDBOX-VOLCENGINE-TEMPORARY-KEY',
    secret: 'not-a-secret-sandbox-volcengine-temporary',
    token: 'STS2+sandbox/token=with special*~characters',
  },
  visionular: { id: 'SANDBOXVISIONULA', secret: 'not-a-secret-sandbox-visionular0' },
  zego: { appId: 1234567890, serverSecret: 'not-a-secret-sandbox-zego-000000' },
};

/** The access key with this id, or undefined. */
export function findAccessKey(keys: readonly AccessKey[], id: string | undefined): AccessKey | undefined {
  return keys.find((key) => key.id === id);
}
