/**
 * Local storage with a prefix. All GraphiQLs that ever ran on localhost:4000 share one store, so without a prefix the
 * tabs of another one would replace the ready-made ones.
 */
export function createStorage(namespace) {
  const prefix = `${namespace}:`;
  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    get length() {
      return ownKeys().length;
    },
    clear() {
      for (const key of ownKeys()) {
        localStorage.removeItem(key);
      }
    },
  };
}
