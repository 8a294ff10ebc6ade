import { type ExecReport } from '../../../src/operations/ecs-exec/ecs-exec.types.js';
import { AdminWorld } from '../../support/admin-world.js';
import { awsError, FakeEcs, TASK_ID } from '../../support/fake-ecs.js';

const CLOSED = {
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const KEYS = {
  AWS_ACCESS_KEY_ID: 'ASIASERVICE',
  AWS_SECRET_ACCESS_KEY: 'secret-of-service',
  AWS_SESSION_TOKEN: 'token',
};

describe('GET /admin/ecs/exec-check', () => {
  const before = { ...process.env };
  let ecs: FakeEcs;
  beforeAll(async () => {
    ecs = await FakeEcs.start();
  });
  beforeEach(() => {
    ecs.reset();
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, { AWS_ENDPOINT_URL: ecs.endpoint, ...CLOSED });
  });
  afterAll(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await ecs.stop();
  });

  describe('of an installation that says where it runs', () => {
    let admin: AdminWorld;
    beforeAll(async () => {
      Object.assign(process.env, KEYS);
      admin = await AdminWorld.start({ environment: { PS_ECS_CLUSTER: 'ps-lab' } });
    });
    beforeEach(() => Object.assign(process.env, KEYS));
    afterAll(() => admin.close());

    it('reports to staff what psctl ecs check reports, with the rights of the service', async () => {
      const { target, checks, summary } = await admin.done<ExecReport>('GET', '/admin/ecs/exec-check');
      expect(target).toEqual({
        cluster: 'ps-lab',
        service: 'ps-web',
        task: null,
        container: 'ps-web',
        region: 'us-west-2',
      });
      const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));
      expect(statuses).toMatchObject({
        'exec.client.plugin': 'skip',
        'exec.container.agent': 'pass',
        'exec.role.trust': 'unknown',
      });
      expect(Object.values(summary).reduce((sum, count) => sum + count)).toBe(checks.length);
      expect(JSON.stringify(checks)).not.toContain('secret-of-service');
    });

    it('takes another task, service or container, and nothing that is no name', async () => {
      const { target } = await admin.done<ExecReport>('GET', `/admin/ecs/exec-check?task=${TASK_ID}&container=nginx`);
      expect(target).toMatchObject({ service: null, task: TASK_ID, container: 'nginx' });
      for (const query of ['service=a%20b', 'service=a&task=b', 'cluster=other', 'container='])
        expect((await admin.byDeveloper('GET', `/admin/ecs/exec-check?${query}`)).status).toBe(400);
    });

    it('answers 503 when AWS takes the credentials no more, or does not answer', async () => {
      ecs.refusal = 'ExpiredTokenException';
      expect(await admin.byDeveloper('GET', '/admin/ecs/exec-check')).toMatchObject({
        status: 503,
        body: { code: 'ecs.credentials' },
      });
      ecs.refusal = null;
      ecs.answers.set('DescribeClusters', awsError('ServerException'));
      expect(await admin.byDeveloper('GET', '/admin/ecs/exec-check')).toMatchObject({
        status: 503,
        body: { code: 'aws.unavailable' },
      });
    }, 30_000);
  });

  it('answers 503 when there are no credentials', async () => {
    const admin = await AdminWorld.start({ environment: { PS_ECS_CLUSTER: 'ps-lab' } });
    try {
      const answer = await admin.byDeveloper('GET', '/admin/ecs/exec-check');
      expect(answer).toMatchObject({ status: 503, body: { code: 'aws.credentials_missing' } });
    } finally {
      await admin.close();
    }
  });

  it('answers 503 and says what to set when the installation does not know where it runs', async () => {
    const admin = await AdminWorld.start();
    try {
      const answer = await admin.byDeveloper('GET', '/admin/ecs/exec-check');
      expect(answer).toMatchObject({ status: 503, body: { code: 'ecs.target' } });
      expect(answer.text).toContain('set PS_ECS_CLUSTER');
      expect(ecs.asked).toEqual([]);
    } finally {
      await admin.close();
    }
  });
});
