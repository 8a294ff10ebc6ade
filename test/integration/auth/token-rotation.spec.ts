import { setImmediate } from 'node:timers/promises';
import { jwtVerify } from 'jose';
import { OrganizationTokensService } from '../../../src/auth/organization-tokens.service.js';
import { type Answer } from '../../support/http-harness.js';
import { HttpWorld, type Member } from '../../support/http-world.js';

const BLACKLISTED = { detail: 'Token is blacklisted', code: 'token_not_valid' };
const GRACE_MS = 10_000;
const RACES = 8;

interface AuditRow {
  action: string;
  actor: string;
  subjectId: string;
  organizationId: string;
  details: Record<string, unknown>;
}

let world: HttpWorld;
beforeAll(async () => {
  world = await HttpWorld.start();
});
afterEach(() => {
  expect(world.http.complaints).toEqual([]);
});
afterAll(() => world.close());

const use = (refresh: string): Promise<Answer> =>
  world.http.call('POST', '/api/org_token/refresh/', { body: { refresh } });
const blacklist = (refresh: string): Promise<Answer> =>
  world.http.call('POST', '/api/token/blacklist/', { body: { refresh } });
const next = async (refresh: string): Promise<string> => {
  const answer = await use(refresh);
  if (answer.status !== 200) throw new Error(`No rotation: ${answer.text}`);
  return (answer.body as { refresh: string }).refresh;
};
const expectEnded = (answer: Answer): void => {
  expect([answer.status, answer.body, answer.headers['www-authenticate']]).toEqual([
    401,
    BLACKLISTED,
    'Bearer realm="api"',
  ]);
};
const idOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: unknown }).jti;
const pastGrace = (): void => {
  world.http.clock.advance(GRACE_MS + 1);
};
const revokedFamilies = ({ organization }: Member): Promise<AuditRow[]> =>
  world.http.fixtures.query(
    `SELECT action, actor, subject_id AS "subjectId", organization_id AS "organizationId", details FROM audit_events
     WHERE organization_id = $1 ORDER BY id`,
    [organization.id],
  );

describe('rotation', () => {
  it('lets exactly one of ten uses at once win, and the pair it got goes on', async () => {
    const member = await world.member();
    const answers = await Promise.all(Array.from({ length: 10 }, () => use(member.refresh)));
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    for (const answer of answers) if (answer !== winners[0]) expectEnded(answer);
    expect((await use((winners[0]!.body as { refresh: string }).refresh)).status).toBe(200);
    expect(await revokedFamilies(member)).toEqual([]);
  });

  it('uses up no token of somebody who may not have a new one', async () => {
    const { user, refresh } = await world.member();
    const setStatus = (status: string): Promise<unknown> =>
      world.http.fixtures.query('UPDATE memberships SET status = $2 WHERE user_id = $1', [user.id, status]);
    await setStatus('inactive');
    expect((await use(refresh)).status).toBe(403);
    await setStatus('active');
    expect((await use(refresh)).status).toBe(200);
  });

  it('makes tokens that another implementation verifies with the secret clusters have', async () => {
    const { access } = await world.member();
    const { payload, protectedHeader } = await jwtVerify(
      access,
      new TextEncoder().encode(world.http.config.jwtSecret.reveal()),
      { algorithms: ['HS256'], currentDate: world.http.clock.now() },
    );
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(Object.keys(payload).sort()).toEqual([
      'exp',
      'iat',
      'jti',
      'org_name',
      'token_type',
      'user_id',
      'user_name',
    ]);
  });

  it('puts the present username into the new pair', async () => {
    const { user, refresh } = await world.member();
    await world.http.fixtures.query('UPDATE users SET username = $2 WHERE id = $1', [user.id, `renamed-${user.id}`]);
    const { access } = (await use(refresh)).body as { access: string };
    const claims = JSON.parse(Buffer.from(access.split('.')[1]!, 'base64url').toString()) as { user_name: string };
    expect(claims.user_name).toBe(`renamed-${user.id}`);
  });
});

describe('reuse of a traded token', () => {
  it('ends the whole family, is written into the audit log, and answers as ever', async () => {
    const member = await world.member();
    const second = await next(member.refresh);
    const third = await next(second);
    pastGrace();
    expectEnded(await use(member.refresh));
    expectEnded(await use(third));
    expectEnded(await use(second));
    expectEnded(await use(member.refresh));
    expect(await revokedFamilies(member)).toEqual([
      {
        action: 'token.family_revoked',
        actor: 'system:tokens',
        subjectId: String(member.user.id),
        organizationId: member.organization.id,
        details: {
          username: member.user.username,
          organization: member.organization.name,
          reusedTokenId: idOf(member.refresh),
          revokedTokenId: idOf(third),
        },
      },
    ]);
  });

  it('does nothing within the grace period, which is counted from the trade', async () => {
    const member = await world.member();
    const second = await next(member.refresh);
    world.http.clock.advance(GRACE_MS);
    expectEnded(await use(member.refresh));
    const third = await next(second);
    expect(await revokedFamilies(member)).toEqual([]);
    world.http.clock.advance(1);
    expectEnded(await use(member.refresh));
    expectEnded(await use(third));
    expect(await revokedFamilies(member)).toHaveLength(1);
  });

  it('leaves other families of the same user alone, and access tokens until they expire', async () => {
    const member = await world.member();
    const other = await world.organizationTokens(member.user.username, member.organization.name);
    await next(member.refresh);
    pastGrace();
    expectEnded(await use(member.refresh));
    expect((await use(other.refresh)).status).toBe(200);
    const url = `/api/membership_status/${member.organization.name}/`;
    expect((await world.http.call('GET', url, { token: member.access })).body).toEqual({ active: true });
  });

  it('is found out as well when the traded token is shown to be blacklisted', async () => {
    const member = await world.member();
    const second = await next(member.refresh);
    pastGrace();
    expectEnded(await blacklist(member.refresh));
    expectEnded(await use(second));
  });

  it('is found out of somebody who is disabled, too', async () => {
    const member = await world.member();
    const second = await next(member.refresh);
    pastGrace();
    const setActive = (isActive: boolean): Promise<unknown> =>
      world.http.fixtures.query('UPDATE users SET is_active = $2 WHERE id = $1', [member.user.id, isActive]);
    await setActive(false);
    expectEnded(await use(member.refresh));
    await setActive(true);
    expectEnded(await use(second));
  });

  it('walks a chain of a hundred trades once, and then never again', async () => {
    const member = await world.member();
    let newest = member.refresh;
    for (let trade = 0; trade < 100; trade++) newest = await next(newest);
    pastGrace();
    expectEnded(await use(member.refresh));
    expectEnded(await use(newest));
    const open = await world.http.fixtures.query<{ reason: string; count: number }>(
      'SELECT reason, count(*)::integer AS count FROM revoked_tokens WHERE user_id = $1 GROUP BY reason',
      [member.user.id],
    );
    expect(open).toEqual([{ reason: 'family', count: 101 }]);
  });

  it.each(['blacklisted', 'imported'])('of a token that is %s ends nothing else', async (reason) => {
    const member = await world.member();
    await world.http.fixtures.query(
      `INSERT INTO revoked_tokens (jti, user_id, expires_at, reason) VALUES ($1, $2, '2100-01-01', $3)`,
      [idOf(member.refresh), member.user.id, reason],
    );
    pastGrace();
    expectEnded(await use(member.refresh));
    expect(await revokedFamilies(member)).toEqual([]);
  });

  it('leaves no live token behind when thief and owner act at the same moment', async () => {
    for (let race = 0; race < RACES; race++) {
      const member = await world.member();
      const second = await next(member.refresh);
      pastGrace();
      // All have looked at the tokens before the first may write what it found.
      const started = await world.http.fixtures.holding('LOCK TABLE revoked_tokens IN SHARE MODE', async () => {
        const uses = [second, member.refresh, second, member.refresh].map(use);
        uses.push(blacklist(member.refresh));
        while ((await world.http.fixtures.waitingForLocks()) < uses.length) await setImmediate();
        return uses;
      });
      const answers = await Promise.all(started);
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
      for (const { status, body } of answers)
        if (status === 200) expectEnded(await use((body as { refresh: string }).refresh));
      expectEnded(await use(second));
      expect(await revokedFamilies(member)).toHaveLength(1);
    }
  });

  it('ends a chain that grows while it is walked', async () => {
    const member = await world.member();
    let newest = member.refresh;
    for (let trade = 0; trade < 5; trade++) newest = await next(newest);
    pastGrace();
    let isEnded = false;
    const owner = async (): Promise<void> => {
      for (let answer = await use(newest); answer.status === 200; answer = await use(newest))
        newest = (answer.body as { refresh: string }).refresh;
      isEnded = true;
    };
    await Promise.all([owner(), ...Array.from({ length: 3 }, () => use(member.refresh))]);
    expect(isEnded).toBe(true);
    expectEnded(await use(newest));
    expect(await revokedFamilies(member)).toHaveLength(1);
  });
});

describe('POST /api/token/blacklist/', () => {
  it('ends a refresh token once: {} first, 401 ever after, and no successor comes of it', async () => {
    const { refresh } = await world.member();
    const first = await blacklist(refresh);
    expect([first.status, first.body, first.headers['content-type']]).toEqual([200, {}, 'application/json']);
    expectEnded(await blacklist(refresh));
    expectEnded(await use(refresh));
  });

  it('lets one of many at once win, whether they trade or blacklist', async () => {
    const { refresh } = await world.member();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? use(refresh) : blacklist(refresh))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('answers as the old system does to what is no refresh token', async () => {
    const { access } = await world.member();
    for (const [body, status, expected] of [
      [{}, 400, { refresh: ['This field is required.'] }],
      [{ refresh: '' }, 400, { refresh: ['This field may not be blank.'] }],
      [{ refresh: 'garbage' }, 401, { detail: 'Token is invalid', code: 'token_not_valid' }],
      [{ refresh: access }, 401, { detail: 'Token has wrong type', code: 'token_not_valid' }],
    ] as const) {
      const answer = await world.http.call('POST', '/api/token/blacklist/', { body });
      expect([answer.status, answer.body]).toEqual([status, expected]);
    }
  });

  it('takes forms, ignores the Authorization header, and knows one method', async () => {
    const { refresh } = await world.member();
    const answer = await world.http.call('POST', '/api/token/blacklist/', {
      body: new URLSearchParams({ refresh }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Bearer garbage' },
    });
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const wrong = await world.http.call('GET', '/api/token/blacklist/');
    expect([wrong.status, wrong.body, wrong.headers.allow]).toEqual([
      405,
      { detail: 'Method "GET" not allowed.' },
      'POST, OPTIONS',
    ]);
  });

  it('works for a user who is gone', async () => {
    const { refresh, user } = await world.member();
    await world.http.fixtures.query('DELETE FROM users WHERE id = $1', [user.id]);
    expect((await blacklist(refresh)).status).toBe(200);
    expectEnded(await blacklist(refresh));
  });
});

describe('verification', () => {
  it('runs no statement', async () => {
    const { access } = await world.member();
    const tokens = world.http.app.get(OrganizationTokensService, { strict: false });
    // Synchronous, so there is no room for one.
    expect(tokens.verifyAccess(access)).toMatchObject({ token_type: 'access' });
  });
});
