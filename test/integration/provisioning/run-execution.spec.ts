import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { eventually } from '../../support/eventually.js';
import {
  applyComplete,
  type Call,
  changeSummary,
  raw,
  SUCCESS,
  writeState,
} from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

const PERMISSIONS = 0o777;
const ADDED_BY_SHELLS = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

describe('executing a run', () => {
  let bench: RunBench;
  beforeAll(async () => {
    bench = await RunBench.start();
  });
  afterAll(() => bench.close());

  const organization = async (): Promise<string> => (await bench.test.fixtures.organization()).id;
  const callsOf = (organizationId: string) =>
    bench.terraform.calls().filter(({ cwd }) => cwd === bench.workspace(organizationId));

  it('plans, applies exactly that plan, and tells what was built', async () => {
    bench.terraform.plays({});
    const id = await organization();
    const run = await bench.run(id);
    expect(run).toMatchObject({
      status: 'succeeded',
      plannedChanges: 2,
      completedChanges: 2,
      failure: null,
      state: { serial: 2, resourceCounts: { 'terraform_data.node': 2 }, outputs: { cluster_name: 'lab' } },
    });
    const [init, plan, apply] = callsOf(id);
    expect([init!.subcommand, plan!.subcommand, apply!.subcommand]).toEqual(['init', 'plan', 'apply']);
    for (const { options } of [init!, plan!, apply!])
      expect(options).toEqual(expect.arrayContaining(['-json', '-input=false', '-no-color']));
    const planFile = plan!.options.find((option) => option.startsWith('-out='))!.slice('-out='.length);
    expect(apply!.options.at(-1)).toBe(planFile);
    expect(apply!.options).not.toContain('-auto-approve');
  });

  it('plans a destroy as such', async () => {
    bench.terraform.plays({ apply: [writeState(3, 0)] });
    const id = await organization();
    expect(await bench.run(id, 'destroy')).toMatchObject({ status: 'succeeded', state: { resourceCounts: {} } });
    expect(callsOf(id).find(({ subcommand }) => subcommand === 'plan')!.options).toContain('-destroy');
  });

  it('ends without an apply when the plan is empty', async () => {
    bench.terraform.plays({ plan: [changeSummary(0), { savePlan: true }] });
    const id = await organization();
    expect(await bench.run(id)).toMatchObject({ status: 'no_changes', failure: null });
    expect(callsOf(id).map(({ subcommand }) => subcommand)).toEqual(['init', 'plan']);
  });

  it('gives terraform an environment made from nothing', async () => {
    bench.terraform.plays({});
    const id = await organization();
    expect((await bench.run(id)).status).toBe('succeeded');
    const [{ environment }] = callsOf(id) as [Call];
    expect(
      Object.keys(environment)
        .filter((name) => !ADDED_BY_SHELLS.has(name))
        .sort(),
    ).toEqual([
      'CHECKPOINT_DISABLE',
      'HOME',
      'LANG',
      'PATH',
      'TF_CLI_CONFIG_FILE',
      'TF_INPUT',
      'TF_IN_AUTOMATION',
      'TMPDIR',
    ]);
    expect(environment.HOME).toBe(bench.workspace(id, 'home'));
    // A child that inherits has more, so the list above would not be equal.
    expect(execFileSync('/usr/bin/env', { encoding: 'utf8' })).toContain('JEST_WORKER_ID=');
  });

  it('does not repeat an init that is done, until terraform or the lock file change', async () => {
    bench.terraform.plays({});
    const id = await organization();
    const inits = () => callsOf(id).filter(({ subcommand }) => subcommand === 'init').length;
    await bench.run(id);
    await bench.run(id);
    expect(inits()).toBe(1);
    bench.terraform.plays({ plan: [{ exit: 1 }] });
    await bench.run(id);
    bench.terraform.plays({});
    await bench.run(id);
    // A plan that fails may have failed for what init installs.
    expect(inits()).toBe(2);
  });

  it('keeps everything private, deletes the plan, and leaves nothing of a run that succeeded', async () => {
    bench.terraform.plays({ apply: [{ waitFor: bench.terraform.file('looked') }, ...SUCCESS.apply] });
    const id = await organization();
    const run = await bench.claim(id);
    const finished = bench.finish(run);
    await eventually('the apply', () => callsOf(id).some(({ subcommand }) => subcommand === 'apply'));
    const files = ['terraform.tfvars.json', 'cdk.tf.json', 'cli.tfrc', `runs/${run.id}/plan.tfplan`];
    for (const file of files) expect(statSync(bench.workspace(id, file)).mode & PERMISSIONS).toBe(0o600);
    for (const directory of ['', 'home', 'tmp', 'runs', `runs/${run.id}`, `runs/${run.id}/apply`])
      expect(statSync(bench.workspace(id, directory)).mode & PERMISSIONS).toBe(0o700);
    bench.terraform.release('looked');
    expect((await finished).status).toBe('succeeded');
    expect(readdirSync(bench.workspace(id, 'runs'))).toEqual([]);
  });

  it('stores every state while terraform works, encrypted', async () => {
    const pauses = [1, 2, 3].map((serial) => bench.terraform.file(`stored-${serial}`));
    bench.terraform.plays({
      apply: pauses.flatMap((path, index) => [writeState(index + 1, index), { waitFor: path }]),
    });
    const id = await organization();
    const finished = bench.run(id);
    for (const serial of [1, 2, 3]) {
      await eventually(`serial ${serial}`, async () => (await bench.storedSerials(id)).includes(serial));
      bench.terraform.release(`stored-${serial}`);
    }
    expect((await finished).status).toBe('succeeded');
    expect(await bench.storedSerials(id)).toEqual([1, 2, 3]);
    const [row] = await bench.test.fixtures.query<{ ciphertext: Buffer }>(
      'SELECT ciphertext FROM state_versions WHERE organization_id = $1 AND serial = 3',
      [id],
    );
    expect(row!.ciphertext.toString('latin1')).not.toContain('terraform_data');
    expect(await bench.states.newest(id)).toMatchObject({ serial: 3 });
  });

  it('stores no secret in any form, wherever terraform prints it', async () => {
    const secret = bench.test.config.jwtSecret.reveal();
    const base64 = Buffer.from(secret).toString('base64');
    bench.terraform.plays({
      apply: [
        {
          event: {
            type: 'provision_progress',
            message: `echo ${secret}`,
            hook: { output: `x${secret}y`, [secret]: 1 },
          },
        },
        { event: { type: 'outputs', outputs: { open: { sensitive: false, value: `a ${secret}` } } } },
        raw(`not an event: ${secret} and ${base64}\n`),
        { stderr: `crash: ${secret}\n` },
        writeState(1, 1, { outputs: { open: { value: `in the state: ${secret}`, type: 'string' } } }),
      ],
    });
    const run = await bench.run(await organization());
    expect(run.status).toBe('succeeded');
    const stored = JSON.stringify([await bench.log(run.id), run]);
    expect(stored).toContain('[redacted]');
    for (const form of [secret, base64]) expect(stored).not.toContain(form);
  });

  it('stores no sensitive output', async () => {
    bench.terraform.plays({
      apply: [
        { event: { type: 'outputs', outputs: { key: { sensitive: true, value: 'hush' }, open: { value: 'seen' } } } },
        writeState(1, 1, { outputs: { key: { value: 'hush', sensitive: true }, open: { value: 'seen' } } }),
      ],
    });
    const run = await bench.run(await organization());
    const stored = JSON.stringify([await bench.log(run.id), run]);
    expect(stored).toContain('seen');
    expect(stored).not.toContain('hush');
  });

  it('takes whatever terraform prints: floods, half lines, NUL, broken JSON', async () => {
    const BACKSLASH = '\\';
    bench.terraform.plays({
      apply: [
        { flood: 20_000_000 },
        raw('{"type":"broken\n'),
        raw(
          `{"@message":"lone ${BACKSLASH}ud800 surrogate","type":"odd","text":"${BACKSLASH}u0000${BACKSLASH}${BACKSLASH}u0000"}\n`,
        ),
        raw(Buffer.from([0xff, 0x00, 0xfe, 0x0a])),
        raw('[1,2]\nnull\n"text"\n'),
        raw(`{"type":"deep","deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n`),
        raw(`{"@timestamp":"no date","@level":5}\n`),
        raw(`{"type":"${'t'.repeat(100)}"}\n`),
        applyComplete('terraform_data.node[0]'),
        writeState(1, 1),
        raw('a half line without an end'),
      ],
    });
    const run = await bench.run(await organization());
    expect(run).toMatchObject({ status: 'succeeded', completedChanges: 1, failure: null });
    const log = await bench.log(run.id);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(log.filter(({ type }) => type === 'log_cut')).toHaveLength(1);
    const bytes = log.reduce((total, { message, data }) => total + message.length + JSON.stringify(data).length, 0);
    expect(bytes).toBeLessThan(5_000_000);
  }, 120_000);

  it('keeps odd lines in order when there are few of them', async () => {
    const BACKSLASH = '\\';
    bench.terraform.plays({
      apply: [
        raw('{"type":"broken\n'),
        raw(
          `{"@message":"odd","type":"odd","text":"${BACKSLASH}u0000 ${BACKSLASH}ud800 ${BACKSLASH}${BACKSLASH}u0000"}\n`,
        ),
        raw(Buffer.from([0xff, 0x00, 0x41, 0x0a])),
        writeState(1, 1),
        raw('a half line'),
      ],
    });
    const run = await bench.run(await organization());
    const log = (await bench.log(run.id)).filter(({ phase }) => phase === 'apply');
    expect(log.map(({ message }) => message)).toEqual(['{"type":"broken', 'odd', '\uFFFD\uFFFDA', 'a half line']);
    expect(log[1]!.data).toEqual({ text: `\uFFFD \uFFFD ${BACKSLASH}u0000` });
  });
});
