import './workers.js';
import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { readyQueries } from '../queries.ts';
import { askGraphql } from './fetcher.js';
import { createStorage } from './storage.js';

const storage = createStorage('media-tasks');

const tabs = readyQueries.map(({ query, variables }) => ({
  query,
  variables: variables === undefined ? undefined : JSON.stringify(variables, null, 2),
}));

/** What the variables editor accepts for a scalar of ours; it takes those it does not know for plain values. */
const scalars = { _Any: { type: 'object', required: ['__typename'] } };

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={askGraphql}
    storage={storage}
    defaultTabs={tabs}
    customScalarSchemas={scalars}
    defaultEditorToolsVisibility="variables"
  />,
);
