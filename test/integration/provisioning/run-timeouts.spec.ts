import { applyStart, SUCCESS, writeState } from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

/** Long enough for a busy machine to start the phases before. */
const LIMIT_SECONDS = '3';

/** Begins as an apply does, which also shows that a plan or an init is up. */
const UP = applyStart('terraform_data.node[0]');

describe('a run that takes too long', () => {
  let bench: RunBench;
  beforeAll(async () => {
    bench = await RunBench.start({
      PS_RUN_INIT_TIMEOUT_SECONDS: LIMIT_SECONDS,
      PS_RUN_PLAN_TIMEOUT_SECONDS: LIMIT_SECONDS,
      PS_RUN_APPLY_TIMEOUT_SECONDS: LIMIT_SECONDS,
    });
  });
  afterAll(() => bench.close());

  const organization = async (): Promise<string> => (await bench.test.fixtures.organization()).id;
  const interruptsOf = (): string => bench.terraform.noted('interrupts');

  it.each(['init', 'plan', 'apply'] as const)('interrupts a %s that takes too long, once', async (subcommand) => {
    const before = interruptsOf();
    bench.terraform.plays({
      [subcommand]: [{ onInterrupt: [writeState(1, 1), { exit: 1 }] }, UP, { waitFor: 'never' }],
    });
    expect(await bench.run(await organization())).toMatchObject({
      status: 'failed',
      cancelRequestedBy: 'system:timeout',
      failure: {
        code: 'terraform.timeout',
        message: expect.stringContaining(`terraform ${subcommand} took`) as string,
      },
    });
    expect(interruptsOf()).toBe(`${before}INT\n`);
  });

  it('calls it a timeout also when the interrupted plan came to its end', async () => {
    bench.terraform.plays({ plan: [{ onInterrupt: SUCCESS.plan }, UP, { waitFor: 'never' }] });
    const id = await organization();
    expect(await bench.run(id)).toMatchObject({ status: 'failed', failure: { code: 'terraform.timeout' } });
    expect(bench.terraform.calls('apply').filter(({ cwd }) => cwd === bench.workspace(id))).toEqual([]);
  });

  it('succeeds when the interrupted apply finished all the same', async () => {
    bench.terraform.plays({
      apply: [{ onInterrupt: [...SUCCESS.apply, { exit: 0 }] }, UP, { waitFor: 'never' }],
    });
    expect(await bench.run(await organization())).toMatchObject({ status: 'succeeded', state: { serial: 2 } });
  });
});
