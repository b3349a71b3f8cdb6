import './workers.js';
import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { readyQueries } from '../queries.ts';
import { askGraphql } from './fetcher.js';
import { NarrowEditors } from './narrow-editors.jsx';
import { createStorage } from './storage.js';

const storage = createStorage('media-tasks');

/** A narrow editor wraps a comment where it must; its own ends of lines would come on top of that. */
const toOneLine = (query) => query.replace(/(?<=^ *#.*)\n *# /gm, ' ');

const tabs = readyQueries.map(({ query, variables }) => ({
  query: matchMedia('(max-width: 700px)').matches ? toOneLine(query) : query,
  variables: variables === undefined ? undefined : JSON.stringify(variables, null, 2),
}));

/** On the first visit, GraphiQL leaves the variables of the tab that it opens with out of its editor. */
const isFirstVisit = storage.getItem('graphiql:tabState') === null;

/** What the variables editor accepts for a scalar of ours; it takes those it does not know for plain values. */
const scalars = { _Any: { type: 'object', required: ['__typename'] } };

createRoot(document.getElementById('graphiql')).render(
  <>
    <NarrowEditors />
    <GraphiQL
      fetcher={askGraphql}
      storage={storage}
      defaultTabs={tabs}
      initialVariables={isFirstVisit ? tabs[0].variables : undefined}
      customScalarSchemas={scalars}
      defaultEditorToolsVisibility="variables"
    />
  </>,
);
