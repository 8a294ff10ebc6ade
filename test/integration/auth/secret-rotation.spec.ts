import { type Answer } from '../../support/http-harness.js';
import { HttpWorld, type Member } from '../../support/http-world.js';

const OLD = 'the secret of last year';
const OLDER = 'the secret of the year before that';
const CURRENT = 'the secret that signs today';

describe('rotation of the secret', () => {
  let world: HttpWorld;
  let member: Member;
  afterEach(() => world.close());

  const start = async (previous: string): Promise<void> => {
    world = await HttpWorld.start({ environment: { PS_JWT_SECRET: CURRENT, PS_JWT_PREVIOUS_SECRETS: previous } });
    member = await world.member();
  };
  const token = (type: string, secret: string): string =>
    world.http.forge(
      {
        token_type: type,
        exp: world.http.clock.nowSeconds() + 60,
        iat: world.http.clock.nowSeconds(),
        jti: Buffer.from(`${type}${secret}`).toString('hex').padEnd(32, '0').slice(0, 32),
        org_name: member.organization.name,
        user_name: member.user.username,
        user_id: member.user.id,
      },
      { secret },
    );
  const look = (secret: string): Promise<Answer> =>
    world.http.call('GET', `/api/membership_status/${member.organization.name}/`, { token: token('access', secret) });
  const refresh = (secret: string): Promise<Answer> =>
    world.http.call('POST', '/api/org_token/refresh/', { body: { refresh: token('refresh', secret) } });

  it('accepts tokens of every previous secret, and signs with the current one only', async () => {
    await start(`${OLD},${OLDER}`);
    for (const secret of [CURRENT, OLD, OLDER]) expect((await look(secret)).body).toEqual({ active: true });
    const { access } = (await refresh(OLD)).body as { access: string };
    expect(access).toBe(
      world.http.forge(JSON.parse(Buffer.from(access.split('.')[1]!, 'base64url').toString()), { secret: CURRENT }),
    );
  });

  it('ends a previous secret with its removal', async () => {
    await start(OLD);
    expect((await look(OLD)).status).toBe(200);
    expect((await look(OLDER)).status).toBe(403);
    const answer = await refresh(OLDER);
    expect([answer.status, answer.body]).toEqual([401, { detail: 'Token is invalid', code: 'token_not_valid' }]);
  });

  it('accepts the current secret alone when no other is configured, and no empty one', async () => {
    await start('');
    expect((await look(CURRENT)).status).toBe(200);
    for (const secret of [OLD, '', ',']) expect((await look(secret)).status).toBe(403);
  });
});
