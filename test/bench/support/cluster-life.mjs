import { requestNodes, send } from './request-nodes.mjs';
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
  const asOwner = (method, path, status, body) =>
    send(service, member, method, `/api/v1/organizations/${organization}/${path}`, status, body);
  const calls = aws.watchCalls(organizationId);
  const step = async (name, request) => {
    calls.forget();
    const { sentAt, run } = await nextRun(pool, organizationId, request);
    return { name, ms: Number(run.finished) - sentAt, changes: run.changes, calls: calls.byOperation() };
  };
  return [
    await step(`A cluster of ${FIRST_NODES} nodes is built`, () => requestNodes(service, member, FIRST_NODES)),
    await step('It is planned again', () =>
      asOwner('POST', 'runs', 202, { kind: 'update', planOnly: true, nodes: FIRST_NODES }),
    ),
    await step('It is refreshed', () => asOwner('POST', 'runs', 202, { kind: 'refresh', planOnly: false })),
    await step(`It grows to ${MORE_NODES} nodes`, () => requestNodes(service, member, MORE_NODES)),
    await step('It is destroyed', () => asOwner('DELETE', 'capacity-requests', 200)),
  ];
}
