import { requestNodes } from './request-nodes.mjs';
import { nextRun } from './run-moments.mjs';

const FIRST_NODES = 3;
const MORE_NODES = 7;

/**
 * One cluster from beginning to end, by requests as a member and an owner send them. Each step with its milliseconds, from
 * the request to the run's end, what the run found or did, and how often which operation of AWS was called for it.
 */
export async function measureLife({ service, pool, aws, member }) {
  const { organizationId, organization } = member;
  await pool.query(`UPDATE memberships SET role = 'owner' WHERE organization_id = $1 AND user_id = $2`, [
    organizationId,
    member.userId,
  ]);
  const send = async (method, path, body) => {
    const sentAt = performance.timeOrigin + performance.now();
    const answer = await fetch(`${service.url}/api/v1/organizations/${organization}/${path}`, {
      method,
      headers: { authorization: `Bearer ${member.token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return { sentAt };
  };
  const calls = aws.watchCalls(organizationId);
  const step = async (name, request) => {
    calls.forget();
    const { sentAt, run } = await nextRun(pool, organizationId, request);
    return { name, ms: Number(run.finished) - sentAt, changes: run.changes, calls: calls.byOperation() };
  };
  return [
    await step(`A cluster of ${FIRST_NODES} nodes is built`, () => requestNodes(service, member, FIRST_NODES)),
    await step('It is planned again', () =>
      send('POST', 'runs', { kind: 'update', planOnly: true, nodes: FIRST_NODES }),
    ),
    await step('It is refreshed', () => send('POST', 'runs', { kind: 'refresh', planOnly: false })),
    await step(`It grows to ${MORE_NODES} nodes`, () => requestNodes(service, member, MORE_NODES)),
    await step('It is destroyed', () => send('DELETE', 'capacity-requests')),
  ];
}
