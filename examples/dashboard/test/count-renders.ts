import type { Page } from 'playwright-core';

/** What React tells its developer tools, of which the browser has none here. */
interface Fiber {
  readonly key: string | null;
  readonly flags: number;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  /** The same fiber as it was before the last change of it. */
  readonly alternate: Fiber | null;
}

type Counting = typeof globalThis & { renders: Map<string, number> };

/**
 * Counts, from the next load of the page on, how often components with a `key` are rendered, as the highlighting of
 * React's developer tools does.
 * @returns the counts of these keys so far
 */
export const countRenders = async (page: Page) => {
  await page.addInitScript(() => {
    const performedWork = 1;
    const renders = new Map<string, number>();
    const visit = (first: Fiber | null): void => {
      for (let fiber = first; fiber; fiber = fiber.sibling) {
        const { key, flags, child, alternate } = fiber;
        if (key !== null && flags & performedWork) renders.set(key, (renders.get(key) ?? 0) + 1);
        if (child !== alternate?.child) visit(child);
      }
    };
    const hook = {
      supportsFiber: true,
      inject: () => 1,
      onCommitFiberRoot: (_: number, root: { readonly current: Fiber }) => visit(root.current),
    };
    Object.assign(globalThis, { renders, __REACT_DEVTOOLS_GLOBAL_HOOK__: hook });
  });
  return (keys: readonly string[]): Promise<number[]> =>
    page.evaluate((keys) => keys.map((key) => (globalThis as Counting).renders.get(key) ?? 0), keys);
};
