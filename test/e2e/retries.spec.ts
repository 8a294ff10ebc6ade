import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { MAX_UPDATE_ATTEMPTS } from '../../src/clusters/cluster-decision.js';
import { describeWithTerraform } from '../support/terraform-available.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

describeWithTerraform('an organization whose runs fail', () => {
  let scenario: Scenario;
  let tenant: Tenant;
  let neighbour: Tenant;
  beforeAll(async () => {
    scenario = await Scenario.start({ PS_RECONCILE_RETRY_SECONDS: '0.1', PS_RUN_SLOTS: '2' });
    tenant = await scenario.addTenant('failing-lab');
    neighbour = await scenario.addTenant('healthy-lab');
  });
  afterAll(() => scenario.close());

  const damageState = (): void => {
    mkdirSync(tenant.workspace(), { recursive: true });
    writeFileSync(tenant.workspace('terraform.tfstate'), '{"version": 4, "ser');
  };
  const attempts = async (kind: string, failureCode: string | null = 'state.unreadable') =>
    (await tenant.runs()).filter((run) => run.kind === kind && run.failureCode === failureCode).length;

  it('is tried again a few times, then given up, and hinders nobody', async () => {
    damageState();
    await tenant.ask(2);
    await scenario.until(
      'the last attempt',
      () => tenant.cluster(),
      (seen) => seen?.failures === MAX_UPDATE_ATTEMPTS && seen.unfinished === 0,
    );
    expect(await attempts('update')).toBe(MAX_UPDATE_ATTEMPTS);
    await neighbour.ask(3);
    await neighbour.untilSettled(3);
    expect(await tenant.runs()).toHaveLength(MAX_UPDATE_ATTEMPTS);
  });

  it('starts afresh with a new wish, and works once an operator has repaired it', async () => {
    await tenant.ask(3);
    await scenario.until(
      'a first attempt at the new wish',
      () => tenant.cluster(),
      (seen) => (seen?.desiredNodes ?? 0) === 3 && (seen?.failures ?? 0) >= 1,
    );
    rmSync(tenant.workspace('terraform.tfstate'));
    await tenant.ask(4);
    await tenant.untilSettled(4);
    expect(tenant.stateNodes()).toBe(4);
  });

  it('is destroyed in the end, however often that fails', async () => {
    const before = tenant.workspace('terraform.tfstate');
    damageState();
    await tenant.release();
    await scenario.until(
      'more attempts than an update gets',
      () => attempts('destroy'),
      (seen) => seen > MAX_UPDATE_ATTEMPTS,
    );
    rmSync(before);
    await tenant.untilSettled(0);
    expect(tenant.stateResources()).toEqual([]);
  });
});
