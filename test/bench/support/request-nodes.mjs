const TTL_MINUTES = 60;

/** Asks for nodes as a member does: when that was sent, in milliseconds since 1970, and how long the answer took. */
export async function requestNodes(service, member, nodes) {
  const path = `/api/desired_org_num_nodes_ttl/${member.organization}/${nodes}/${TTL_MINUTES}/`;
  const sentAt = performance.timeOrigin + performance.now();
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${member.token}` },
  });
  if (answer.status !== 200) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  return { sentAt, answeredMs: performance.timeOrigin + performance.now() - sentAt };
}
