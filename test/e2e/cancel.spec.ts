import { groupState } from '../../src/provisioning/runner/process-identity.js';
import { describeWithTerraform } from '../support/terraform-available.js';
import { childrenOf } from './support/processes.js';
import { Scenario } from './support/scenario.js';

/** Nodes that never come up within a test, so that an apply ends by what the test does to it. */
const FOR_EVER = '600';

describeWithTerraform('an apply that is stopped', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await Scenario.start({
      PS_LOCAL_DELAY_SECONDS: FOR_EVER,
      PS_RECONCILE_RETRY_SECONDS: '0.2',
      PS_RUN_SLOTS: '4',
    });
  });
  afterAll(() => scenario.close());

  it('by its owner: ends in good order, keeps what was built, and is not tried again until the wish changes', async () => {
    const tenant = await scenario.addTenant('cancel-lab');
    await tenant.ask(3);
    const run = await tenant.untilNodesComeUp();
    const supervisor = tenant.supervisor(run.id);
    const answers = await Promise.all([tenant.cancel(run.id), tenant.cancel(run.id), tenant.cancel(run.id)]);
    const accepted = answers.filter(({ status }) => status === 200);
    // The answer shows the run as it is read after the cancel, and it may have ended by then.
    for (const { body } of accepted) expect(['canceling', 'canceled']).toContain(body.status);
    // Whoever comes when it has ended already is told so.
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(answers.length - accepted.length);
    expect(accepted.length).toBeGreaterThan(0);
    const canceled = await tenant.untilRun('the end of the cancelled run', ({ isObserved }) => isObserved);
    expect(canceled).toMatchObject({ id: run.id, status: 'canceled', cancelRequestedBy: 'user:owner' });
    expect((await tenant.cancel(run.id)).status).toBe(409);
    expect(groupState(supervisor)).toBe('gone');
    expect(tenant.stateResources()).toEqual(expect.arrayContaining(['ilb', 'monitor', 'manager']));

    const [log] = await scenario.fixtures.query<{ interrupts: number }>(
      `SELECT count(*)::integer AS interrupts FROM run_log WHERE run_id = $1 AND message LIKE '%Interrupt received%'`,
      [run.id],
    );
    expect(log).toEqual({ interrupts: 1 });
    // What comes next was decided in the transaction that noted the end: nothing.
    expect(await tenant.cluster()).toMatchObject({ isHeld: true, isDeployed: true, isSettled: false, unfinished: 0 });
    expect(await tenant.runs()).toHaveLength(1);

    await tenant.release();
    await tenant.untilSettled(0);
    expect(tenant.stateResources()).toEqual([]);
  });

  it('by a kill -9 of terraform: is told as such, leaves no process, and is tried again', async () => {
    const tenant = await scenario.addTenant('killed-lab');
    await tenant.ask(2);
    const run = await tenant.untilNodesComeUp();
    const supervisor = tenant.supervisor(run.id);
    const [terraform] = childrenOf(supervisor.pid);
    process.kill(terraform!, 'SIGKILL');
    const retry = await tenant.untilRun('another attempt', ({ id, status }) => id !== run.id && status === 'applying');
    expect(retry.trigger).toBe('retry');
    expect((await tenant.runs())[0]).toMatchObject({ status: 'failed', failureCode: 'terraform.killed' });
    expect(groupState(supervisor)).toBe('gone');
    expect(await tenant.cluster()).toMatchObject({ failures: 1, isDeployed: true });
    await tenant.untilNodesComeUp();
    await tenant.cancel(retry.id);
    await tenant.untilRun('the end of the second attempt', ({ isObserved }) => isObserved);
    await tenant.release();
    await tenant.untilSettled(0);
  });
});
