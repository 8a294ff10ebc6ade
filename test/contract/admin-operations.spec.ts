import { randomUUID } from 'node:crypto';
import { expectProblem } from '../support/answer-checks.js';
import { type Answer, type Method } from '../support/http-harness.js';
import { HttpWorld } from '../support/http-world.js';

let world: HttpWorld;
let developer: { token: string; username: string };
beforeAll(async () => {
  world = await HttpWorld.start();
  const { username } = await world.user({ isStaff: true, group: 'PS_Developer' });
  developer = { username, token: await world.session(username) };
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const call = (method: Method, url: string, body?: unknown): Promise<Answer> =>
  world.http.call(method, url, { token: developer.token, body });
const get = async <T>(url: string): Promise<T> => {
  const answer = await call('GET', url);
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
  return answer.body as T;
};

interface AuditPage {
  events: { action: string; actor: string; subjectId: string; details: Record<string, unknown> }[];
  nextCursor: string | null;
}
const audit = async (action: string, subjectId: string) =>
  (await get<AuditPage>(`/admin/audit-events?action=${action}&subjectId=${subjectId}`)).events;

describe('/admin/settings', () => {
  afterEach(() => call('PUT', '/admin/settings/provisioningDisabled', { value: false }));

  it('shows every setting and who changed it last', async () => {
    const { settings } = await get<{ settings: { name: string; value: unknown }[] }>('/admin/settings');
    expect(settings).toContainEqual(expect.objectContaining({ name: 'provisioningDisabled', value: false }));
    const changed = await call('PUT', '/admin/settings/provisioningDisabled', { value: true });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ value: true, updatedBy: `user:${developer.username}` });
    const [event] = await audit('setting.changed', 'provisioningDisabled');
    expect(event).toMatchObject({
      actor: `user:${developer.username}`,
      details: { before: false, after: true },
    });
  });

  it('takes no other value and no other name, and then changes nothing', async () => {
    expectProblem(
      await call('PUT', '/admin/settings/provisioningDisabled', { value: 'yes' }),
      400,
      'settings.value_invalid',
    );
    expectProblem(await call('PUT', '/admin/settings/constructor', { value: true }), 400, 'validation_failed');
    expectProblem(
      await call('PUT', '/admin/settings/provisioningDisabled', { value: true, more: 1 }),
      400,
      'validation_failed',
    );
    const { settings } = await get<{ settings: { value: unknown }[] }>('/admin/settings');
    expect(settings[0]).toMatchObject({ value: false });
  });
});

describe('/admin/runs', () => {
  it('lists the runs of all organizations, filtered, and each with its output', async () => {
    const [one, two] = await Promise.all([world.organization(), world.organization()]);
    const [first, second] = [await world.queuedRun(one.id), await world.queuedRun(two.id)];
    const { runs } = await get<{ runs: { id: string; organizationName: string }[] }>('/admin/runs?status=queued');
    expect(runs.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second]));
    const narrowed = await get<{ runs: unknown[]; nextCursor: null }>(`/admin/runs?organizationId=${two.id}`);
    expect(narrowed).toMatchObject({ runs: [{ id: second, organizationName: two.name }], nextCursor: null });
    await world.http.fixtures.query(
      `INSERT INTO run_log (run_id, seq, organization_id, occurred_at, phase, type, level, message)
       SELECT $1, n, $2, now(), 'plan', 'log', 'info', 'line ' || n FROM generate_series(1, 5) AS n`,
      [first, one.id],
    );
    const { entries } = await get<{ entries: { message: string }[] }>(`/admin/runs/${first}/log?after=2&limit=2`);
    expect(entries.map(({ message }) => message)).toEqual(['line 3', 'line 4']);
  });

  it('cancels several, and says of each what became of it', async () => {
    const organization = await world.organization();
    const run = await world.queuedRun(organization.id);
    const unknown = randomUUID();
    const answer = await call('POST', '/admin/runs/cancel', { ids: [unknown, run, run] });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      results: [
        { id: unknown, isDone: false, problem: { code: 'runs.not_found', message: expect.any(String) as string } },
        { id: run, isDone: true, problem: null },
      ],
    });
    expect(await get(`/admin/runs/${run}`)).toMatchObject({
      status: 'canceled',
      cancelRequestedBy: `user:${developer.username}`,
    });
    expectProblem(await call('POST', `/admin/runs/${run}/cancel`), 409, 'runs.already_finished');
    expectProblem(await call('GET', `/admin/runs/${unknown}`), 404, 'runs.not_found');
    expectProblem(await call('POST', '/admin/runs/cancel', { ids: [] }), 400, 'validation_failed');
  });
});

describe('/admin/clusters', () => {
  it('finds those that fail, and tries one again when asked', async () => {
    const organization = await world.organization();
    await world.deploy(organization.id, 3);
    await world.http.fixtures.query(
      `UPDATE clusters SET failed_wish = 'update', is_held = true, consecutive_failures = 3, retry_not_before = now(),
         last_error = 'No capacity in that zone' WHERE organization_id = $1`,
      [organization.id],
    );
    const { clusters } = await get<{ clusters: unknown[] }>('/admin/clusters?isFailing=true&search=no%20CAPACITY');
    expect(clusters).toEqual([expect.objectContaining({ organizationName: organization.name, isHeld: true })]);
    const answer = await call('POST', `/admin/clusters/${organization.id}/retry`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ consecutiveFailures: 0, isHeld: false, retryNotBefore: null });
    expect(await audit('cluster.retried', organization.id)).toHaveLength(1);
    expectProblem(await call('POST', `/admin/clusters/${randomUUID()}/retry`), 404, 'clusters.not_found');
    expectProblem(await call('GET', `/admin/clusters/${randomUUID()}`), 404, 'clusters.not_found');
  });
});

describe('/admin/audit-events', () => {
  it('pages backwards through everything, by actor and time', async () => {
    const actor = `system:test-${randomUUID()}`;
    await world.http.fixtures.query(
      `INSERT INTO audit_events (occurred_at, actor, action, subject_id)
       SELECT '2026-03-01T00:00:00Z'::timestamptz + n * interval '1 hour', $1, 'thing.changed', n::text
       FROM generate_series(1, 5) AS n`,
      [actor],
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: AuditPage = await get(
        `/admin/audit-events?actor=${actor}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.events.map(({ subjectId }) => subjectId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
    const between = 'since=2026-03-01T02:00:00Z&until=2026-03-01T04:00:00%2B00:00';
    const page = await get<AuditPage>(`/admin/audit-events?actor=${actor}&${between}`);
    expect(page.events.map(({ subjectId }) => subjectId)).toEqual(['3', '2']);
  });

  it.each(['limit=0', 'limit=201', 'sort=actor', 'since=yesterday', 'search=', 'organizationId=x', 'more=1'])(
    'refuses ?%s',
    async (parameters) => {
      expectProblem(await call('GET', `/admin/audit-events?${parameters}`), 400, 'validation_failed');
    },
  );

  it('refuses a cursor that is made up', async () => {
    expectProblem(await call('GET', '/admin/audit-events?cursor=abc'), 400, 'list.cursor_invalid');
  });
});
