import type { Browser, Page } from 'playwright-core';
import { launchOffline, type Watched, watch } from '../support/chromium.ts';

/** GraphiQL in a browser that reaches only the page's own host. */
export interface GraphiqlBrowser extends Watched {
  readonly page: Page;
  tabTitles(): Promise<string[]>;
  openTab(title: string): Promise<void>;
  /** Replaces the query of the current tab. */
  replaceQuery(query: string): Promise<void>;
  /** Runs the current tab's query and returns the result pane's whole text, which is JSON. */
  runQuery(): Promise<string>;
  /** The whole text of the variables editor. */
  variables(): Promise<string>;
  /** The part of the result pane that is on the screen. */
  visibleResult(): Promise<string>;
  /** The errors that the editors underline in query and variables. */
  editorMarkers(): Promise<string[]>;
  /** Resolves once GraphiQL has stored a tab of this title for the next visit. */
  whenTabIsStored(title: string): Promise<void>;
  close(): Promise<void>;
}

/** One headless browser for all tests of a file. */
export interface TestBrowser {
  /** Opens the URL as a new visitor, without stored data, and waits until GraphiQL can run a query. */
  openGraphiql(url: string, width?: number): Promise<GraphiqlBrowser>;
  close(): Promise<void>;
}

/** The browser is started when the first page is opened. */
export function createTestBrowser(): TestBrowser {
  let starting: Promise<Browser> | undefined;
  return {
    openGraphiql: async (url, width = 1440) => {
      starting ??= launchOffline([new URL(url).hostname]);
      const browser = await starting;
      const context = await browser.newContext({ viewport: { width, height: 900 } });
      const watched = watch(context, [new URL(url).host]);
      context.setDefaultTimeout(0);
      const page = await context.newPage();
      await page.goto(url);
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      await page.locator('.graphiql-spin').waitFor({ state: 'detached' });
      return { page, ...watched, ...steps(page), close: () => context.close() };
    },
    close: async () => (await starting)?.close(),
  };
}

function steps(page: Page) {
  return {
    tabTitles: () => page.locator('.graphiql-tab-button').allInnerTexts(),
    openTab: async (title: string) => {
      await page
        .locator('.graphiql-tab-button')
        .and(page.getByTitle(title, { exact: true }))
        .click();
      // The answer of the tab before is gone then, too.
      await page.waitForFunction(isQueryShown, title);
    },
    replaceQuery: async (query: string) => {
      await page.locator('.graphiql-query-editor .view-lines').click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(query);
    },
    runQuery: async () => {
      await page.locator('.graphiql-execute-button').click();
      const result = await page.waitForFunction(readModel, 'response.json');
      await page.locator('.graphiql-response .view-line').first().waitFor();
      return result.jsonValue();
    },
    variables: () => page.evaluate(readModel, 'variables.json'),
    visibleResult: () => page.locator('.graphiql-response .view-lines').innerText(),
    editorMarkers: () => page.evaluate(readMarkers),
    whenTabIsStored: async (title: string) => {
      await page.waitForFunction(isTabStored, `"title":"${title}"`);
    },
  };
}

// These functions run in the page. GraphiQL exposes Monaco as a global, and only Monaco has the whole text: the
// document contains only the visible lines.

interface MonacoGlobal {
  readonly __MONACO?: {
    readonly editor: {
      getModels(): { readonly uri: { readonly path: string }; getValue(): string }[];
      getModelMarkers(filter: object): { readonly message: string; readonly startLineNumber: number }[];
    };
  };
}

function readModel(name: string): string {
  const models = (globalThis as MonacoGlobal).__MONACO?.editor.getModels() ?? [];
  return models.find(({ uri }) => uri.path.endsWith(name))?.getValue() ?? '';
}

function isQueryShown(name: string): boolean {
  const models = (globalThis as MonacoGlobal).__MONACO?.editor.getModels() ?? [];
  return models.some((model) => model.uri.path.endsWith('.graphql') && model.getValue().includes(` ${name}`));
}

function readMarkers(): string[] {
  const markers = (globalThis as MonacoGlobal).__MONACO?.editor.getModelMarkers({}) ?? [];
  return markers.map(({ message, startLineNumber }) => `line ${startLineNumber}: ${message}`);
}

function isTabStored(text: string): boolean {
  const storage = (globalThis as unknown as { localStorage: Readonly<Record<string, string>> }).localStorage;
  return Object.entries(storage).some(([key, value]) => key.endsWith('tabState') && value.includes(text));
}
