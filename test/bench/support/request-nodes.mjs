const TTL_MINUTES = 60;

/** Asks for nodes as a member does; as {@link send}. */
export function requestNodes(service, member, nodes) {
  return send(
    service,
    member,
    'POST',
    `/api/desired_org_num_nodes_ttl/${member.organization}/${nodes}/${TTL_MINUTES}/`,
    200,
  );
}

/**
 * Sends a request with the token of a member: when that was, in milliseconds since 1970, and how long the answer took.
 * Throws when the answer has another status.
 */
export async function send(service, member, method, path, status, body = undefined) {
  const sentAt = performance.timeOrigin + performance.now();
  const answer = await fetch(service.url + path, {
    method,
    headers: {
      authorization: `Bearer ${member.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: JSON.stringify(body),
  });
  if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return { sentAt, answeredMs: performance.timeOrigin + performance.now() - sentAt };
}
