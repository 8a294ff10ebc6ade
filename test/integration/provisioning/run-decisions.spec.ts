import { existsSync } from 'node:fs';
import { RunRequestsService } from '../../../src/provisioning/run-requests.service.js';
import { type Run, type RunKind } from '../../../src/provisioning/provisioning.types.js';
import { type ClaimedRun } from '../../../src/provisioning/runner/run-journal.js';
import { eventually } from '../../support/eventually.js';
import { applyStart, change, changeSummary, SUCCESS, writeState } from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

const ANN = { userId: 1, username: 'ann', isSuperuser: false, permissions: [] };
/** The image of the machines was replaced: an update would take the load balancer away. */
const INTERRUPTING = [
  change('aws_instance.ilb', 'replace'),
  change('aws_instance.node[2]', 'delete'),
  change('aws_s3_object.docker-compose-config["x"]', 'replace'),
  changeSummary(3),
  { savePlan: true as const },
  { exit: 2 },
];

describe('what people decide about a run', () => {
  let bench: RunBench;
  let requests: RunRequestsService;
  beforeAll(async () => {
    bench = await RunBench.start({
      PS_RUN_APPROVAL_SECONDS: '600',
      PS_RUN_CANCEL_GRACE_PLAN_SECONDS: '600',
      PS_RUN_CANCEL_GRACE_APPLY_SECONDS: '600',
    });
    requests = bench.test.context.get(RunRequestsService, { strict: false });
  });
  afterAll(() => bench.close());

  const organization = async (): Promise<string> => (await bench.test.fixtures.organization()).id;
  const subcommands = (organizationId: string) =>
    bench.terraform
      .calls()
      .filter(({ cwd }) => cwd === bench.workspace(organizationId))
      .map(({ subcommand }) => subcommand);
  const ask = async (organizationId: string, kind: RunKind, isPlanOnly: boolean): Promise<ClaimedRun> => {
    const inputs = {
      target: 'local' as const,
      organizationName: 'lab',
      nodes: 2,
      clusterVersion: 'latest',
      isPublic: false,
    };
    await requests.request({ organizationId, kind, trigger: 'user', requestedBy: 'user:ann', inputs, isPlanOnly });
    return (await bench.claimer.claimNext(bench.worker, [kind]))!;
  };
  const shows = (run: ClaimedRun, status: Run['status']) =>
    eventually(`the run to be ${status}`, async () => {
      const current = await bench.provisioning.get(run.organizationId, run.id);
      return current.status === status ? current : null;
    });

  it('shows the changes of a plan without making them', async () => {
    bench.terraform.plays({ plan: INTERRUPTING });
    const id = await organization();
    expect(await bench.finish(await ask(id, 'update', true))).toMatchObject({
      status: 'succeeded',
      isPlanOnly: true,
      plannedChanges: 3,
      completedChanges: 0,
      approvalReason: null,
      changes: [
        { address: 'aws_instance.ilb', type: 'aws_instance', action: 'replace' },
        { address: 'aws_instance.node[2]', action: 'delete' },
        { action: 'replace' },
      ],
    });
    expect(subcommands(id)).toEqual(['init', 'plan']);
    expect(existsSync(bench.workspace(id, 'terraform.tfstate'))).toBe(false);
  });

  it('finds by a refresh what was changed elsewhere, and takes it over only when told', async () => {
    const drift = [
      change('aws_instance.ilb', 'update', 'resource_drift'),
      changeSummary(0),
      { savePlan: true as const },
    ];
    bench.terraform.plays({ plan: [...drift, { exit: 2 }], apply: [writeState(1, 2)] });
    const id = await organization();
    const checked = await bench.finish(await ask(id, 'refresh', true));
    expect(checked).toMatchObject({
      status: 'succeeded',
      changes: [{ address: 'aws_instance.ilb', action: 'update' }],
    });
    const accepted = await bench.finish(await ask(id, 'refresh', false));
    expect(accepted).toMatchObject({ status: 'succeeded', state: { serial: 1 } });
    expect(subcommands(id)).toEqual(['init', 'plan', 'plan', 'apply']);
    expect(bench.terraform.calls('plan').at(-1)!.options).toContain('-refresh-only');
  });

  it('prepares anew by a setup, and clears everything away by a teardown', async () => {
    bench.terraform.plays({});
    const id = await organization();
    expect((await bench.finish(await ask(id, 'setup', false))).status).toBe('succeeded');
    expect((await bench.finish(await ask(id, 'setup', false))).status).toBe('succeeded');
    expect(subcommands(id)).toEqual(['init', 'init']);
    bench.terraform.plays({ apply: [writeState(3, 0)] });
    expect((await bench.finish(await ask(id, 'teardown', false))).status).toBe('succeeded');
    expect(bench.hasFile(id)).toBe(false);
    expect(await bench.storedSerials(id)).toEqual([3]);
  });

  it('refuses a run that is asked for while another one waits or is at work', async () => {
    const id = await organization();
    const run = await ask(id, 'setup', false);
    await expect(ask(id, 'refresh', true)).rejects.toMatchObject({ code: 'runs.busy' });
    await bench.finish(run);
  });

  it('waits for somebody to agree to a plan that interrupts the cluster, and uses no slot meanwhile', async () => {
    bench.terraform.plays({ plan: INTERRUPTING });
    const run = await bench.claim(await organization());
    const finished = bench.finish(run);
    const waiting = await shows(run, 'awaiting_approval');
    expect(waiting.approvalReason).toContain('aws_instance.ilb (replace)');
    expect(waiting.approvalReason).not.toContain('aws_s3_object');
    expect(bench.sessions.busy).toBe(0);
    expect(subcommands(run.organizationId)).toEqual(['init', 'plan']);
    await requests.approve(run.organizationId, run.id, ANN);
    bench.sessions.approve(run.id);
    expect(await finished).toMatchObject({ status: 'succeeded', approvedBy: 'user:ann' });
    await expect(requests.approve(run.organizationId, run.id, ANN)).rejects.toMatchObject({
      code: 'runs.not_awaiting_approval',
    });
  });

  it('goes on after a takeover with an approval that was given before', async () => {
    bench.terraform.plays({ plan: INTERRUPTING });
    const run = await bench.claim(await organization());
    const abandoned = bench.finish(run);
    await shows(run, 'awaiting_approval');
    await requests.approve(run.organizationId, run.id, ANN);
    const taken = await bench.takeOver(run.id);
    bench.sessions.approve(run.id);
    await abandoned;
    expect(await bench.finish(taken.run, taken.how)).toMatchObject({ status: 'succeeded' });
    expect(subcommands(run.organizationId)).toEqual(['init', 'plan', 'apply']);
  });

  it('changes nothing when the plan is cancelled instead', async () => {
    bench.terraform.plays({ plan: INTERRUPTING });
    const run = await bench.claim(await organization());
    const finished = bench.finish(run);
    await shows(run, 'awaiting_approval');
    await bench.provisioning.cancel(run.organizationId, run.id, ANN);
    bench.sessions.interrupt(run.id, 'cancel');
    expect(await finished).toMatchObject({ status: 'canceled', cancelRequestedBy: 'user:ann' });
    expect(subcommands(run.organizationId)).toEqual(['init', 'plan']);
  });

  it('kills a run that does not stop, but only after its grace, and collects what it had built', async () => {
    bench.terraform.plays({
      apply: [{ ignoreInterrupts: true }, writeState(1, 1), applyStart('terraform_data.node[1]'), { waitFor: 'never' }],
    });
    const run = await bench.claim(await organization());
    const finished = bench.finish(run);
    await eventually('the first state', () => bench.hasFile(run.organizationId, 'terraform.tfstate'));
    await expect(requests.force(run.organizationId, run.id, ANN)).rejects.toMatchObject({
      code: 'runs.not_being_canceled',
    });
    await bench.provisioning.cancel(run.organizationId, run.id, ANN);
    bench.sessions.interrupt(run.id, 'cancel');
    await expect(requests.force(run.organizationId, run.id, ANN)).rejects.toMatchObject({
      code: 'runs.grace_not_over',
    });
    await bench.test.fixtures.query(
      "UPDATE runs SET cancel_requested_at = cancel_requested_at - interval '1 hour' WHERE id = $1",
      [run.id],
    );
    expect(await requests.force(run.organizationId, run.id, ANN)).toMatchObject({ forceRequestedBy: 'user:ann' });
    await bench.sessions.force(run.id);
    expect(await finished).toMatchObject({
      status: 'force_canceled',
      failure: { code: 'runs.force_canceled' },
      state: { serial: 1 },
    });
  });

  it('tells where its time went, and what is at work', async () => {
    bench.terraform.plays({ apply: [applyStart('aws_instance.manager'), ...SUCCESS.apply] });
    const run = await bench.run(await organization());
    expect(Object.keys(run.statusTimes)).toEqual(
      expect.arrayContaining(['preparing', 'planning', 'applying', 'finalizing', 'succeeded']),
    );
    expect(run.currentResource).toBe('aws_instance.manager');
  });
});
