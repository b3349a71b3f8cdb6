export interface RedisConnection {
  whenReady(ms: number): Promise<void>;
  close(): void;
}
export const connectRedis = (_: {
  url: string;
  onEvent: (event: { kind: string }) => void;
}): RedisConnection => {
  throw new Error('stub');
};
