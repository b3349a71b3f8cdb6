/** A bounded map: it forgets what was not used for long. */
export interface Memory<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/**
 * Keeps at least the `kept` entries used last, and at most twice as many, in two generations: when the younger is
 * full it becomes the older, and the older is dropped whole. Unlike an LRU list it costs nothing while empty, and
 * every test opens a sandbox.
 */
export function createMemory<Value>(kept: number): Memory<Value> {
  let younger = new Map<string, Value>();
  let older = new Map<string, Value>();

  function set(key: string, value: Value): void {
    if (younger.size >= kept && !younger.has(key)) {
      older = younger;
      younger = new Map();
    }
    younger.set(key, value);
  }

  return {
    set,
    get(key) {
      const value = younger.get(key) ?? older.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
  };
}
