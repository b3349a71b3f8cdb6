/** Counts what each address holds. */
export interface AddressCount {
  /** @returns the function that gives the place back, once; undefined if the address holds too many */
  enter(address: string | undefined): (() => void) | undefined;
}

/** @param most of one address */
export const createAddressCount = (most: number): AddressCount => {
  const counts = new Map<string, number>();
  return {
    enter: (address) => {
      const network = toNetwork(address ?? '');
      const count = counts.get(network) ?? 0;
      if (count >= most) return undefined;
      counts.set(network, count + 1);
      return () => {
        const left = (counts.get(network) ?? 0) - 1;
        if (left > 0) counts.set(network, left);
        else counts.delete(network);
      };
    },
  };
};

/** An IPv4 address, or the network of an IPv6 address, of which one client has as many addresses as it likes. */
export const toNetwork = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
};
