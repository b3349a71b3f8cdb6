/**
 * Sends one operation to the endpoint beside this page. The content type is always JSON, even if the headers editor
 * sets another: Apollo Server refuses others as possible cross-site requests.
 */
export async function askGraphql(operation, { headers } = {}) {
  const reply = await fetch(new URL('graphql', document.baseURI), {
    method: 'POST',
    headers: { accept: 'application/json', ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  return readAnswer(reply.status, await reply.text());
}

/** An answer that is not JSON comes from an intermediary such as a proxy; the message explains that. */
function readAnswer(status, body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`The server answered ${status} with something that is not JSON: ${body.slice(0, 200)}`);
  }
}
