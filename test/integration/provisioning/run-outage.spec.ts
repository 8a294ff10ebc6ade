import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SystemClock } from '../../../src/common/clock/clock.js';
import { DatabaseUrl } from '../../../src/database/database-url.js';
import { AwsCredentialsService } from '../../../src/credentials/aws-credentials.service.js';
import { type Orphan } from '../../../src/provisioning/orphans/match-orphans.js';
import { DatabaseRunJournal } from '../../../src/provisioning/queue/database-run-journal.js';
import { JournalStores } from '../../../src/provisioning/queue/journal-stores.js';
import { RunInterrupt } from '../../../src/provisioning/runner/run-interrupt.js';
import { type ClaimedRun } from '../../../src/provisioning/runner/run-journal.js';
import { TargetSynthesizer } from '../../../src/provisioning/targets/target-synthesizer.js';
import { errorDiagnostic, writeState } from '../../support/fake-terraform/fake-terraform.js';
import { eventually } from '../../support/eventually.js';
import { FlakyProxy } from '../../support/flaky-proxy.js';
import { RunBench } from '../../support/run-bench.js';

const LOG_BYTES = 1_000_000;
const ORPHAN: Orphan = { type: 'aws_instance', id: 'i-1', name: 'worker', address: null };

describe('a run whose database is away', () => {
  let bench: RunBench;
  let proxy: FlakyProxy;
  let waits: string[];
  beforeAll(async () => {
    const env = { PS_AWS_CONTAINER_REPOSITORY: 'example.org/ps' };
    bench = await RunBench.start(env, [], async ({ value }) => {
      const through = new URL(value);
      proxy = await FlakyProxy.to(through.hostname, Number(through.port || '5432'));
      [through.hostname, through.port] = ['127.0.0.1', String(proxy.port)];
      return new DatabaseUrl(through.href);
    });
  });
  afterAll(async () => {
    await bench.close();
    proxy.cut();
  });
  beforeEach(() => {
    waits = [];
    Logger.overrideLogger({
      log: () => undefined,
      error: () => undefined,
      warn: (message: unknown) => void waits.push(String(message)),
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    Logger.overrideLogger(false);
  });

  /** What `work` gives, which begins when the database is gone and must have found that out before it comes back. */
  async function through<T>(what: string, work: () => Promise<T>): Promise<T> {
    proxy.cut();
    const result = work();
    // Seen to by the caller; until then a failure is not unhandled.
    result.catch(() => undefined);
    try {
      await eventually(`the wait to ${what}`, () => waits.some((line) => line.includes(what)));
    } finally {
      await proxy.heal();
    }
    return result;
  }

  const claimed = async (): Promise<ClaimedRun> => bench.claim((await bench.test.fixtures.organization()).id);
  const open = ({ organizationId }: ClaimedRun) =>
    bench.test.fixtures.query(
      'SELECT resource_id FROM orphans WHERE organization_id = $1 AND resolved_at IS NULL ORDER BY resource_id',
      [organizationId],
    );

  it('waits to store what it found to be in no state, and what of it is left', async () => {
    const run = await claimed();
    const stores = bench.test.context.get(JournalStores, { strict: false });
    const journal = new DatabaseRunJournal(stores, run, new RunInterrupt(), LOG_BYTES, new SystemClock());
    await through('store what is in no state', () => journal.foundOrphans([ORPHAN]));
    expect(await open(run)).toEqual([{ resource_id: 'i-1' }]);
    await through('store what is in no state', () => journal.foundOrphans([]));
    expect(await open(run)).toEqual([]);
  });

  it('waits to store why machines did not come up', async () => {
    bench.terraform.plays({ apply: [writeState(1, 1), errorDiagnostic('No machine'), { exit: 1 }] });
    const synthesizer = bench.test.context.get(TargetSynthesizer, { strict: false });
    jest.spyOn(synthesizer, 'diagnose').mockImplementation(() => {
      proxy.cut();
      return Promise.resolve(['Machine i-1 is terminated.']);
    });
    const run = await claimed();
    const finished = bench.finish(run);
    finished.catch(() => undefined);
    await eventually('the wait to store the diagnosis', () => waits.some((line) => line.includes('store its log')));
    await proxy.heal();
    expect(await finished).toMatchObject({ status: 'failed', failure: { code: 'terraform.apply_failed' } });
    expect((await bench.log(run.id)).map(({ message }) => message)).toContain('Machine i-1 is terminated.');
  });

  it('waits to read what it needs for the configuration of a cluster on AWS', async () => {
    const run = await claimed();
    const synthesizer = bench.test.context.get(TargetSynthesizer, { strict: false });
    const credentials = bench.test.context.get(AwsCredentialsService, { strict: false });
    jest.spyOn(credentials, 'forChild').mockResolvedValue({ environment: {}, secrets: [] });
    const inputs = { ...run.inputs, target: 'aws' as const };
    const stack = await through('read what organization', () => synthesizer.synthesise(inputs, run.organizationId));
    expect(Object.keys(stack.files)).toEqual(['cdk.tf.json']);
  });
});
