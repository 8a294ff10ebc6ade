import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { processStartToken } from '../../../src/provisioning/runner/process-identity.js';
import {
  applyComplete,
  changeSummary,
  errorDiagnostic,
  raw,
  stateText,
  SUCCESS,
  writeState,
} from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

describe('a run that fails', () => {
  let bench: RunBench;
  beforeAll(async () => {
    bench = await RunBench.start();
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    bench.terraform.plays({});
  });

  const organization = async (): Promise<string> => (await bench.test.fixtures.organization()).id;

  it('keeps what an apply has built before it failed, with the reason', async () => {
    bench.terraform.plays({
      apply: [
        applyComplete('terraform_data.node[0]'),
        writeState(1, 1),
        errorDiagnostic('No room', 'Zone a is full'),
        { exit: 1 },
      ],
    });
    const id = await organization();
    expect(await bench.run(id)).toMatchObject({
      status: 'failed',
      completedChanges: 1,
      state: { serial: 1, resourceCounts: { 'terraform_data.node': 1 } },
      failure: { code: 'terraform.apply_failed', message: 'terraform apply failed: No room: Zone a is full' },
    });
    expect(await bench.storedSerials(id)).toEqual([1]);
    expect(readdirSync(bench.workspace(id, 'runs'))).toHaveLength(1);
    bench.terraform.plays({ apply: [writeState(2, 2)] });
    expect((await bench.run(id)).status).toBe('succeeded');
  });

  it('says what stderr says when no event tells why', async () => {
    bench.terraform.plays({ init: [{ stderr: 'flag provided but not defined\n' }, { exit: 1 }] });
    const run = await bench.run(await organization());
    expect(run.failure).toEqual({
      code: 'terraform.init_failed',
      message: 'terraform init failed: flag provided but not defined',
    });
    expect(await bench.log(run.id)).toEqual([
      expect.objectContaining({ phase: 'init', level: 'error', message: 'flag provided but not defined' }),
    ]);
  });

  it('does not apply when the plan failed, or ended with "changes" but without a plan', async () => {
    bench.terraform.plays({ plan: [errorDiagnostic('Bad'), { exit: 1 }] });
    const id = await organization();
    expect((await bench.run(id)).failure).toMatchObject({ code: 'terraform.plan_failed' });
    // A crash of the Go runtime ends with 2, the code that otherwise means "there are changes".
    bench.terraform.plays({ plan: [{ stderr: 'fatal error: concurrent map writes' }, { exit: 2 }] });
    expect((await bench.run(id)).failure).toEqual({
      code: 'terraform.plan_failed',
      message: 'terraform plan failed: fatal error: concurrent map writes',
    });
    expect(bench.terraform.calls('apply').filter(({ cwd }) => cwd === bench.workspace(id))).toEqual([]);
  });

  it('names the signal that killed terraform, and keeps the state', async () => {
    bench.terraform.plays({ apply: [writeState(1, 1), { kill: 'SIGKILL' }] });
    expect(await bench.run(await organization())).toMatchObject({
      status: 'failed',
      state: { serial: 1 },
      failure: { code: 'terraform.killed', message: expect.stringContaining('signal 9; most often') as string },
    });
  });

  it('kills what terraform left running', async () => {
    bench.terraform.plays({ apply: [{ leaveBehind: true }, ...SUCCESS.apply, { exit: 0 }] });
    expect((await bench.run(await organization())).status).toBe('succeeded');
    const pid = Number(bench.terraform.noted('left-behind'));
    expect(pid).toBeGreaterThan(0);
    expect(processStartToken(pid)).toBeNull();
  });

  describe('for its state', () => {
    const unreadable = { status: 'failed', failure: { code: 'state.unreadable' } };

    it('takes errored.tfstate for the state, and puts it aside', async () => {
      bench.terraform.plays({
        apply: [writeState(1, 1), { write: { path: 'errored.tfstate', text: stateText(2, 3) } }, { exit: 1 }],
      });
      const id = await organization();
      expect(await bench.run(id)).toMatchObject({
        status: 'failed',
        state: { serial: 2, resourceCounts: { 'terraform_data.node': 3 } },
        failure: { code: 'terraform.state_recovered' },
      });
      expect(bench.hasFile(id, 'errored.tfstate')).toBe(false);
      expect(await bench.states.newest(id)).toMatchObject({ serial: 2 });
      bench.terraform.plays({ plan: [changeSummary(0), { savePlan: true }] });
      expect(await bench.run(id)).toMatchObject({ status: 'no_changes', state: { serial: 2 } });
    });

    it('fails clearly on half a state, until somebody repairs it', async () => {
      bench.terraform.plays({ apply: [writeState(1, 1)] });
      const id = await organization();
      await bench.run(id);
      const half = stateText(2, 2).slice(0, 100);
      bench.terraform.plays({ apply: [{ write: { path: 'terraform.tfstate', text: half } }] });
      const broken = await bench.run(id);
      expect(broken).toMatchObject(unreadable);
      expect(broken.failure!.message).toContain(bench.workspace(id, 'terraform.tfstate'));
      const plans = bench.terraform.calls('plan').length;
      expect(await bench.run(id)).toMatchObject(unreadable);
      expect(bench.terraform.calls('plan')).toHaveLength(plans);
      writeFileSync(bench.workspace(id, 'terraform.tfstate'), stateText(2, 2));
      bench.terraform.plays({ apply: [writeState(3, 3)] });
      expect(await bench.run(id)).toMatchObject({ status: 'succeeded', state: { serial: 3 } });
      expect(await bench.storedSerials(id)).toEqual([1, 2, 3]);
    });

    it.each([
      'null',
      '[]',
      '{"version": 3}',
      '{"version": 5, "serial": 1, "lineage": "x"}',
      '{"version": 4, "serial": -1, "lineage": "x"}',
      'not json',
    ])('takes no %s for a state', async (text) => {
      bench.terraform.plays({ apply: [{ write: { path: 'terraform.tfstate', text } }] });
      expect(await bench.run(await organization())).toMatchObject(unreadable);
    });

    it('says which key is missing when the stored state does not decrypt', async () => {
      const id = await organization();
      await bench.run(id);
      await bench.test.fixtures.query(
        "UPDATE state_versions SET ciphertext = decode(repeat('00', 64), 'hex') WHERE organization_id = $1",
        [id],
      );
      expect((await bench.run(id)).failure).toMatchObject({
        code: 'state.undecryptable',
        message: expect.stringContaining('PS_STATE_ENCRYPTION_KEY') as string,
      });
    });
  });

  it('says so when the disk is full, and goes on when there is room', async () => {
    const id = await organization();
    await bench.run(id);
    symlinkSync('/dev/full', bench.workspace(id, 'cdk.tf.json.new'));
    expect((await bench.run(id)).failure).toMatchObject({
      code: 'runs.disk_failed',
      message: expect.stringContaining('ENOSPC') as string,
    });
    rmSync(bench.workspace(id, 'cdk.tf.json.new'));
    expect((await bench.run(id)).status).toBe('succeeded');
  });

  it('keeps only the last few runs that did not succeed', async () => {
    bench.terraform.plays({ plan: [{ exit: 1 }] });
    const id = await organization();
    for (let times = 0; times < 7; times++) await bench.run(id);
    expect(readdirSync(bench.workspace(id, 'runs'))).toHaveLength(5);
  });

  it('ends without terraform, and works as soon as there is one', async () => {
    const id = await organization();
    const missing = await RunBench.start({ PS_TERRAFORM_BINARY: '/missing/terraform' });
    try {
      const elsewhere = (await missing.test.fixtures.organization()).id;
      expect((await missing.run(elsewhere)).failure).toMatchObject({
        code: 'terraform.unavailable',
        message: expect.stringContaining('/missing/terraform') as string,
      });
    } finally {
      await missing.close();
    }
    expect((await bench.run(id)).status).toBe('succeeded');
  });

  it('ends with a terraform that is too old, says which one is needed, and works when it was replaced', async () => {
    const replaced = await RunBench.start();
    try {
      const { id } = await replaced.test.fixtures.organization();
      replaced.terraform.plays({ version: [raw('{"terraform_version": "1.8.5"}')] });
      expect((await replaced.run(id)).failure).toEqual({
        code: 'terraform.unavailable',
        message: `${replaced.terraform.path} is version 1.8.5; clusters need 1.9.0 or newer.`,
      });
      expect(replaced.terraform.calls()).toEqual([]);
      replaced.terraform.plays({});
      expect((await replaced.run(id)).status).toBe('succeeded');
    } finally {
      await replaced.close();
    }
  });
});
