import { randomUUID } from 'node:crypto';
import { expectProblem } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';

let world: HttpWorld;
let organization: { id: string; name: string };
let owner: string;
beforeAll(async () => {
  world = await HttpWorld.start();
});
beforeEach(async () => {
  organization = await world.http.fixtures.organization();
  owner = await world.session(await join('owner'));
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

/** A new account in the organization; its name. */
const join = async (role: 'owner' | 'member'): Promise<string> => {
  const { id, username } = await world.user();
  await world.join(id, organization.id, 'active', role);
  return username;
};
const call = (method: Method, path: string, body?: unknown, token = owner): Promise<Answer> =>
  world.http.call(method, `/api/v1/organizations/${organization.name}/runs${path}`, { token, body });
const deploy = () =>
  world.http.fixtures.query(
    'INSERT INTO clusters (organization_id, is_deployed, is_settled, node_count, desired_nodes) VALUES ($1, true, true, 3, 3)',
    [organization.id],
  );

describe('POST /api/v1/organizations/{name}/runs', () => {
  it('queues a plan that is only to be looked at, and says why it waits', async () => {
    await deploy();
    const answer = await call('POST', '', { kind: 'update', planOnly: true, nodes: 7 });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      kind: 'update',
      status: 'queued',
      trigger: 'user',
      planOnly: true,
      nodes: 7,
      percent: 0,
      changes: null,
      approval: null,
      waiting: { position: 1, reason: expect.stringContaining('free slot') as string },
    });
    const { id } = answer.body as { id: string };
    expect((await call('GET', `/${id}`)).body).toMatchObject({ id, waiting: { position: 1 } });
    expectProblem(await call('POST', '', { kind: 'refresh' }), 409, 'runs.busy');
    await call('POST', `/${id}/cancel`);
  });

  it.each([
    [{ kind: 'update' }, 409, 'runs.not_offered'],
    [{ kind: 'destroy' }, 409, 'runs.not_offered'],
    [{ kind: 'teardown' }, 409, 'runs.not_offered'],
    [{ kind: 'reboot' }, 400, 'validation_failed'],
    [{ kind: 'update', planOnly: true, nodes: -1 }, 400, 'validation_failed'],
    [{ kind: 'update', planOnly: true, extra: 1 }, 400, 'validation_failed'],
  ])('refuses %j of a deployed cluster and queues nothing', async (body, status, code) => {
    await deploy();
    expectProblem(await call('POST', '', body), status, code);
    expect((await call('GET', '')).body).toEqual({ runs: [] });
  });

  it('compares nothing when there is no cluster', async () => {
    expectProblem(await call('POST', '', { kind: 'refresh' }), 409, 'clusters.absent');
  });
});

describe('a plan that needs somebody’s agreement', () => {
  const waiting = async (): Promise<string> => {
    const id = randomUUID();
    await world.http.fixtures.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority, approval_reason)
       VALUES ($1, $2, 'update', 'awaiting_approval', 'capacity', 'system:test', '{"nodes": 3, "clusterVersion": "v4"}', 20, 'It replaces the manager.')`,
      [id, organization.id],
    );
    return id;
  };

  it('is agreed to by an owner, once, and leaves a trace', async () => {
    const id = await waiting();
    expect((await call('GET', `/${id}`)).body).toMatchObject({
      percent: 20,
      approval: { reason: 'It replaces the manager.', approvedBy: null },
    });
    const approved = await call('POST', `/${id}/approve`);
    expect(approved.body).toMatchObject({ approval: { approvedBy: expect.stringMatching(/^user:/) as string } });
    const trace = await world.http.fixtures.query('SELECT action FROM audit_events WHERE subject_id = $1', [id]);
    expect(trace).toContainEqual({ action: 'run.approved' });
    await world.http.fixtures.query("UPDATE runs SET status = 'failed', finished_at = now() WHERE id = $1", [id]);
    expectProblem(await call('POST', `/${id}/approve`), 409, 'runs.not_awaiting_approval');
  });

  it('is not agreed to by a member', async () => {
    const id = await waiting();
    const member = await world.session(await join('member'));
    expect((await call('POST', `/${id}/approve`, undefined, member)).status).toBe(403);
    await world.http.fixtures.query("UPDATE runs SET status = 'failed', finished_at = now() WHERE id = $1", [id]);
  });
});

describe('POST /admin/runs/{id}/force-cancel', () => {
  it('wants the id typed again, a cancel before, and the grace to be over', async () => {
    const { username } = await world.user({ isStaff: true, group: 'PS_Developer' });
    const developer = await world.session(username);
    const id = randomUUID();
    await world.http.fixtures.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority)
       VALUES ($1, $2, 'update', 'applying', 'capacity', 'system:test', '{}', 20)`,
      [id, organization.id],
    );
    const force = (confirm: string) =>
      world.http.call('POST', `/admin/runs/${id}/force-cancel`, { token: developer, body: { confirm } });
    expectProblem(await force('yes'), 400, 'confirmation.mismatch');
    expectProblem(await force(id), 409, 'runs.not_being_canceled');
    await world.http.fixtures.query(
      `UPDATE runs SET status = 'canceling', cancel_requested_at = '2026-03-01T12:00:00Z', cancel_requested_by = 'user:x' WHERE id = $1`,
      [id],
    );
    expectProblem(await force(id), 409, 'runs.grace_not_over');
    await world.http.fixtures.query(`UPDATE runs SET cancel_requested_at = '2026-03-01T08:00:00Z' WHERE id = $1`, [id]);
    expect((await force(id)).body).toMatchObject({ forceRequestedBy: `user:${username}` });
    await world.http.fixtures.query("UPDATE runs SET status = 'failed', finished_at = now() WHERE id = $1", [id]);
  });
});
