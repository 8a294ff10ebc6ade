import { randomUUID } from 'node:crypto';
import { AdminWorld, type Person } from '../../support/admin-world.js';
import { expectProblem } from '../../support/answer-checks.js';

interface TokenBody {
  id: string;
  name: string;
  token: string;
}

let admin: AdminWorld;
beforeAll(async () => {
  admin = await AdminWorld.start();
});
afterEach(() => {
  expect(admin.world.http.complaints).toEqual([]);
});
afterAll(() => admin.close());

const create = async (person: Person, name: string, more: object = {}): Promise<TokenBody> => {
  const input = { name, scopes: ['memberships.request'], expiresAt: '2026-06-01T00:00:00Z', ...more };
  const answer = await admin.by(person, 'POST', '/api/v1/account/tokens', input);
  expect(answer.status).toBe(201);
  return answer.body as TokenBody;
};
const found = async (query: string): Promise<string[]> =>
  (await admin.done<{ tokens: TokenBody[] }>('GET', `/admin/personal-tokens?${query}`)).tokens.map(({ name }) => name);
const use = async ({ token }: TokenBody): Promise<number> =>
  (await admin.world.http.call('GET', '/api/v1/memberships', { token })).status;

describe('/admin/personal-tokens', () => {
  it('lists everybody’s, page by page and filtered, never with secret or hash', async () => {
    const [ann, ben] = [await admin.person(), await admin.person()];
    const made = [await create(ann, 'one'), await create(ann, 'two', { expiresAt: '2026-04-01T00:00:00Z' })];
    made.push(await create(ann, 'three', { scopes: ['memberships.request', 'organizations.browse'] }));
    await create(ben, 'other');
    const url = `/admin/personal-tokens?userId=${ann.id}&sort=createdAt`;
    const pages = await admin.pages<TokenBody>(url, 'tokens');
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(new Set(pages.flat().map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)));
    expect(await found(`userId=${ann.id}&scope=organizations.browse`)).toEqual(['three']);
    expect(await found(`userId=${ann.id}&expiresBefore=2026-05-01T00:00:00Z`)).toEqual(['two']);
    expect(await found(`userId=${ann.id}&expiresAfter=2026-05-01T00:00:00Z`)).toHaveLength(2);
    expect(await found(`search=${ben.username.toUpperCase()}`)).toEqual(['other']);
    const { text } = await admin.byDeveloper('GET', '/admin/personal-tokens');
    const hashes = await admin.world.http.fixtures.query<{ token_hash: string }>(
      'SELECT token_hash FROM personal_access_tokens',
    );
    for (const secret of [...made.map(({ token }) => token), ...hashes.map((row) => row.token_hash)])
      expect(text).not.toContain(secret);
    for (const query of ['scope=everything', 'userId=0', 'isRevoked=no', 'expiresBefore=soon'])
      expectProblem(await admin.byDeveloper('GET', `/admin/personal-tokens?${query}`), 400, 'validation_failed');
  });

  it('revokes one at once, on record', async () => {
    const person = await admin.person();
    const token = await create(person, 'stolen');
    expect(await use(token)).toBe(200);
    const url = `/admin/personal-tokens/${token.id}`;
    expect(await admin.done('GET', url)).toMatchObject({ name: 'stolen', username: person.username, revokedAt: null });
    const revokedAt = admin.world.http.clock.now().toISOString();
    expect(await admin.done('DELETE', url)).toMatchObject({ id: token.id, revokedAt });
    expect(await use(token)).toBe(401);
    expect(await admin.audited('personal_token.revoked', token.id)).toMatchObject([
      {
        actor: `user:${admin.developer.username}`,
        details: { userId: person.id, before: { revokedAt: null }, after: { revokedAt } },
      },
    ]);
    expectProblem(await admin.byDeveloper('DELETE', url), 404, 'personal_tokens.not_found');
    expect(await found(`userId=${person.id}&isRevoked=true`)).toEqual(['stolen']);
    expect(await found(`userId=${person.id}&isRevoked=false`)).toEqual([]);
  });

  it('revokes several, and says which not', async () => {
    const person = await admin.person();
    const tokens = [await create(person, 'a'), await create(person, 'b')];
    const unknown = randomUUID();
    const ids = [tokens[0]!.id, unknown, tokens[1]!.id];
    expect(await admin.done('POST', '/admin/personal-tokens/revoke', { ids })).toMatchObject({
      results: [{ isDone: true }, { problem: { code: 'personal_tokens.not_found' } }, { isDone: true }],
    });
    expect(await Promise.all(tokens.map(use))).toEqual([401, 401]);
  });
});

describe('/admin/revoked-tokens', () => {
  it('lists refresh tokens that are refused, and why', async () => {
    const { organization, user, refresh } = await admin.world.member();
    const traded = await admin.world.http.call('POST', '/api/org_token/refresh/', { body: { refresh } });
    expect(traded.status).toBe(200);
    const second = await admin.world.organizationTokens(user.username, organization.name);
    const ended = await admin.world.http.call('POST', '/api/token/blacklist/', { body: { refresh: second.refresh } });
    expect(ended.status).toBe(200);
    const url = `/admin/revoked-tokens?userId=${user.id}`;
    const tokens = (await admin.pages<{ id: string; reason: string; username: string }>(url, 'tokens', 1)).flat();
    expect(tokens.map(({ reason }) => reason).sort()).toEqual(['blacklisted', 'rotated']);
    expect(tokens).toMatchObject([{ username: user.username }, { username: user.username }]);
    const rotated = await admin.done<{ tokens: unknown[] }>('GET', `${url}&reason=rotated`);
    expect(rotated.tokens).toHaveLength(1);
    expectProblem(await admin.byDeveloper('GET', '/admin/revoked-tokens?reason=lost'), 400, 'validation_failed');
  });

  it('is for administrators, as personal tokens are', async () => {
    const person = await admin.person();
    for (const path of ['revoked-tokens', 'personal-tokens'])
      expectProblem(await admin.by(person, 'GET', `/admin/${path}`), 403, 'auth.forbidden');
  });
});
