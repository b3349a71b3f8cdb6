import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';

const endpoint = new URL('graphql', document.baseURI).href;

/**
 * Sends one operation to the endpoint beside this page.
 * @returns the answer, or an iterable of a subscription's answers
 */
export const askGraphql = ({ operationName, ...rest }, { headers = {} } = {}) => {
  const found = findOperation(rest.query, operationName);
  const operation = { ...rest, operationName: found?.name?.value };
  return found?.operation === 'subscription' ? subscribe(operation, headers) : ask(operation, headers);
};

/** For a moment after a tab is opened, GraphiQL names the operation of the last one: then the only one is meant. */
const findOperation = (query, operationName) => {
  try {
    const document = parse(query);
    return getOperationAST(document, operationName) ?? getOperationAST(document);
  } catch {
    // The server says what is wrong with it.
    return undefined;
  }
};

/** The content type is always JSON, even if the headers editor sets another: Apollo Server reads no other. */
const ask = async (operation, headers) => {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  return readAnswer(reply.status, await reply.text());
};

/** An answer that is not JSON comes from an intermediary such as a proxy; the message explains that. */
const readAnswer = (status, body) => {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`The server answered ${status} with something that is not JSON: ${body.slice(0, 200)}`);
  }
};

/** As server-sent events, which take the same headers as queries. */
const subscribe = (operation, headers) => createClient({ url: endpoint, headers }).iterate(operation);
