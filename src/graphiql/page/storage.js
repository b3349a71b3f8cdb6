/**
 * Local storage under a prefix of our own. Every GraphiQL that ever ran on localhost:4000 shares one store,
 * and a visitor who had another one there would see its tabs instead of ours.
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
