import { Module } from '@nestjs/common';
import { ClusterReconcilerService } from '../../../src/clusters/cluster-reconciler.service.js';
import { MAX_UPDATE_ATTEMPTS } from '../../../src/clusters/cluster-decision.js';
import { ClustersModule } from '../../../src/clusters/clusters.module.js';
import { ClustersService } from '../../../src/clusters/clusters.service.js';
import { Transactions } from '../../../src/database/transaction.js';
import { OrganizationsModule } from '../../../src/organizations/organizations.module.js';
import { ProvisioningModule } from '../../../src/provisioning/provisioning.module.js';
import { SettingsModule } from '../../../src/settings/settings.module.js';
import { type Run } from '../../../src/provisioning/provisioning.types.js';
import { applyStart, errorDiagnostic, stateText, writeState } from '../../support/fake-terraform/fake-terraform.js';
import { ALL_KINDS, RunBench } from '../../support/run-bench.js';

const CLEANUP_SECONDS = 3600;
const FAILS = {
  apply: [applyStart('terraform_data.node[0]'), writeState(1, 1), errorDiagnostic('No room'), { exit: 1 }],
};
const REMOVES = { apply: [{ write: { path: 'terraform.tfstate', text: stateText(9, 0, { resources: [] }) } }] };

/** Without the loops: each step is taken by the test. */
@Module({
  imports: [ClustersModule, OrganizationsModule, ProvisioningModule, SettingsModule],
  providers: [ClusterReconcilerService],
})
class ReconcilerModule {}

describe('a cluster whose first deployment failed', () => {
  let bench: RunBench;
  let id: string;
  beforeAll(async () => {
    bench = await RunBench.start({ PS_CLUSTER_CLEANUP_SECONDS: String(CLEANUP_SECONDS) }, [ReconcilerModule]);
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    ({ id } = await bench.test.fixtures.organization());
  });

  const reconcile = () => bench.test.context.get(ClusterReconcilerService, { strict: false }).reconcile(id);
  const wish = async (nodes: number): Promise<void> => {
    const clusters = bench.test.context.get(ClustersService, { strict: false });
    const transactions = bench.test.context.get(Transactions, { strict: false });
    await transactions.run(async (tx) => {
      await clusters.lock(tx, id);
      await clusters.setWish(tx, id, { nodes, isRemovalDesired: nodes === 0 });
    });
  };
  const cluster = async () =>
    (await bench.test.fixtures.query('SELECT * FROM clusters WHERE organization_id = $1', [id]))[0];
  const pass = (column: 'half_built_at' | 'retry_not_before', seconds: number) =>
    bench.test.fixtures.query(
      `UPDATE clusters SET ${column} = ${column} - make_interval(secs => $2) WHERE organization_id = $1`,
      [id, seconds],
    );
  const execute = async (): Promise<Run> => bench.finish((await bench.claimer.claimNext(bench.worker, ALL_KINDS))!);

  /** Up to the point from which a person would have to look. */
  async function giveUp(nodes: number): Promise<void> {
    bench.terraform.plays(FAILS);
    await wish(nodes);
    for (let attempt = 0; attempt < MAX_UPDATE_ATTEMPTS; attempt++) {
      expect(await reconcile()).toMatchObject({ action: 'enqueue', goal: { kind: 'update' } });
      expect((await execute()).status).toBe('failed');
      expect(await reconcile()).toMatchObject({ action: 'wait' });
      await pass('retry_not_before', 3600);
    }
  }

  it('is taken down some time later, on record, and not built again before the wish changes', async () => {
    await giveUp(2);
    expect(await reconcile()).toMatchObject({ action: 'wait' });
    expect(await cluster()).toMatchObject({
      is_deployed: true,
      is_settled: false,
      half_built_at: expect.any(Date) as Date,
    });
    await pass('half_built_at', CLEANUP_SECONDS);
    expect(await reconcile()).toMatchObject({ action: 'enqueue', trigger: 'cleanup', goal: { kind: 'destroy' } });
    expect(await reconcile()).toMatchObject({ action: 'none' });

    bench.terraform.plays({ apply: [writeState(8, 1), errorDiagnostic('In use'), { exit: 1 }] });
    expect(await execute()).toMatchObject({ kind: 'destroy', trigger: 'cleanup', status: 'failed' });
    expect(await reconcile()).toMatchObject({ action: 'wait' });
    await pass('retry_not_before', 3600);
    expect(await reconcile()).toMatchObject({ action: 'enqueue', trigger: 'cleanup' });

    bench.terraform.plays(REMOVES);
    const cleaned = await execute();
    expect(cleaned).toMatchObject({ status: 'succeeded', requestedBy: 'system:reconciler' });
    expect(await reconcile()).toMatchObject({
      action: 'none',
      reason: expect.stringContaining('failed 4 times') as string,
    });
    expect(await cluster()).toMatchObject({
      is_deployed: false,
      is_settled: true,
      half_built_at: null,
      desired_nodes: 2,
      last_error: expect.stringContaining('No room') as string,
    });
    const [queued] = await bench.test.fixtures.query(
      `SELECT actor, details->>'reason' AS reason FROM audit_events WHERE subject_id = $1 ORDER BY id LIMIT 1`,
      [cleaned.id],
    );
    expect(queued).toEqual({ actor: 'system:reconciler', reason: 'cleanup' });

    await wish(0);
    expect(await reconcile()).toMatchObject({ action: 'none' });
    await wish(2);
    expect(await reconcile()).toMatchObject({ action: 'enqueue', trigger: 'capacity', goal: { kind: 'update' } });
    bench.terraform.plays({});
    expect((await execute()).status).toBe('succeeded');
    await reconcile();
    expect(await cluster()).toMatchObject({
      is_deployed: true,
      is_settled: true,
      half_built_at: null,
      last_error: null,
    });
  });

  it('is completed instead when the wish changes before', async () => {
    await giveUp(5);
    await wish(2);
    await pass('half_built_at', CLEANUP_SECONDS);
    expect(await reconcile()).toMatchObject({ action: 'enqueue', trigger: 'capacity', goal: { kind: 'update' } });
    bench.terraform.plays({});
    await execute();
    expect(await reconcile()).toMatchObject({ action: 'none' });
    expect(await cluster()).toMatchObject({ is_settled: true, half_built_at: null });
  });

  it('is destroyed at once when nobody wants it any more, also when no state knows of anything', async () => {
    bench.terraform.plays({ apply: [applyStart('terraform_data.node[0]'), errorDiagnostic('No room'), { exit: 1 }] });
    await wish(2);
    await reconcile();
    await execute();
    await reconcile();
    expect(await cluster()).toMatchObject({ is_deployed: false, is_settled: false });
    await wish(0);
    expect(await reconcile()).toMatchObject({ action: 'enqueue', trigger: 'capacity', goal: { kind: 'destroy' } });
    bench.terraform.plays({ plan: [] });
    expect((await execute()).status).toBe('no_changes');
    expect(await reconcile()).toMatchObject({ action: 'none' });
    expect(await cluster()).toMatchObject({ is_deployed: false, is_settled: true, half_built_at: null });
  });
});
