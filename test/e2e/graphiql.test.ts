import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildGraphiql } from '../../src/graphiql/build.ts';
import { readyQueries } from '../../src/graphiql/queries.ts';
import { bundleDirectory } from '../../src/graphiql/serve.ts';
import { browserTest, openGraphiql } from '../graphiql/browser.ts';
import { openStack, type Stack } from '../support/stack.ts';

/** GraphiQL as the server itself serves it, asking the server itself, which asks the sandbox. */

interface Row {
  readonly id: string;
  readonly status: string | null;
  readonly kind: string | null;
  readonly problem: { readonly code: string } | null;
}

let stack: Stack;

beforeAll(async () => {
  await buildGraphiql(bundleDirectory);
  stack = await openStack({ variables: { GRAPHIQL: 'true' } });
}, 60_000);

afterAll(() => stack.close());

/** Runs the query of a tab in the browser, and makes sure that the page was content and asked nobody else. */
const runTab = async <Data>(title: string): Promise<{ answer: Data; visible: string }> => {
  const graphiql = await openGraphiql(stack.url);
  try {
    if (readyQueries[0]?.title !== title) {
      await graphiql.openTab(title);
      // GraphiQL works out the operation's name a moment after the tab is shown, and nothing on the page tells when.
      await graphiql.page.waitForTimeout(700);
    }
    const { data, errors } = JSON.parse(await graphiql.runQuery()) as { data: Data; errors?: unknown };
    const visible = await graphiql.visibleResult();
    expect(errors).toBeUndefined();
    expect(graphiql.foreignRequests).toEqual([]);
    expect(graphiql.complaints).toEqual([]);
    return { answer: data, visible };
  } finally {
    await graphiql.close();
  }
};

describe('GraphiQL in a browser', () => {
  browserTest('shows the tasks of all vendors in one shape when the Dashboard is run', async () => {
    const { answer, visible } = await runTab<{ mediaTasks: Row[] }>('Dashboard');
    expect(
      answer.mediaTasks.map(({ id, status, kind, problem }) => [id, status ?? problem?.code, kind]),
    ).toEqual([
      ['aliyun-vod:partial-success', 'PARTIALLY_SUCCEEDED', 'VIDEO_TRANSCODE'],
      ['aliyun-vod:evolving-1', 'RUNNING', 'VIDEO_TRANSCODE'],
      ['visionular:success', 'SUCCEEDED', 'VIDEO_TRANSCODE'],
      ['visionular:running', 'RUNNING', 'VIDEO_TRANSCODE'],
      ['volcengine-webcast:demo-app:demo-room:running', 'RUNNING', 'WEB_CAST'],
      ['volcengine-whiteboard:demo-app:done', 'SUCCEEDED', 'DOCUMENT_TRANSCODE'],
      ['zego:tencent:compose', 'SUCCEEDED', 'MERGE'],
      ['zego:huawei:succeeded', 'SUCCEEDED', 'SNAPSHOT'],
      ['zego:huawei:nobody-knows', 'TASK_NOT_FOUND', null],
    ]);
    expect(visible).toContain('aliyun-vod:partial-success');
  });

  browserTest('answers the references of a gateway when the entities are run', async () => {
    const { answer } = await runTab<{ _entities: (Row & { __typename: string; sourceUrl?: string })[] }>(
      'FederationEntities',
    );
    expect(answer._entities.map(({ __typename, id, status }) => [__typename, id, status])).toEqual([
      ['AliyunTranscodeTask', 'aliyun-vod:partial-success', 'PARTIALLY_SUCCEEDED'],
      ['VisionularTranscodeTask', 'visionular:running', 'RUNNING'],
      ['WebCastTask', 'volcengine-webcast:demo-app:demo-room:running', 'RUNNING'],
      ['WhiteboardTranscodeTask', 'volcengine-whiteboard:demo-app:done', 'SUCCEEDED'],
      ['ZegoMediaTask', 'zego:tencent:compose', 'SUCCEEDED'],
      ['ZegoMediaTask', 'zego:huawei:succeeded', 'SUCCEEDED'],
    ]);
    expect(answer._entities[2]?.sourceUrl).toBe('https://page.example.com/lesson?token=not-a-secret');
  });
});

describe('every ready-made query', () => {
  it.each(readyQueries.map(({ title, query, variables }) => ({ title, query, variables })))(
    '$title is answered by the server without an error, and with nothing missing but what nobody knows',
    async ({ query, variables }) => {
      const { data, errors } = await stack.ask<Record<string, unknown>>(query, variables);
      expect(errors).toBeUndefined();
      const problems = Object.values(data)
        .flat()
        .map((task) => task as Row)
        .flatMap(({ id, problem }) => (problem ? [[id, problem.code]] : []));
      for (const problem of problems) expect(problem).toEqual(['zego:huawei:nobody-knows', 'TASK_NOT_FOUND']);
      expect(Object.values(data).flat()).not.toContain(null);
    },
  );
});

describe('the root', () => {
  it('is the page for browsers, and tells everybody else where the graph is', async () => {
    const page = await fetch(stack.url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const other = await fetch(stack.url, { headers: { accept: 'application/json' } });
    expect(await other.json()).toEqual({ graphql: '/graphql' });
  });
});
