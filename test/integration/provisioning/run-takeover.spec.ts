import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { SystemClock } from '../../../src/common/clock/clock.js';
import { type OrphansRepository } from '../../../src/provisioning/orphans/orphans.repository.js';
import { FenceLostError } from '../../../src/provisioning/provisioning.errors.js';
import { type RunLogEntry } from '../../../src/provisioning/provisioning.types.js';
import { DatabaseRunJournal } from '../../../src/provisioning/queue/database-run-journal.js';
import { JournalStores } from '../../../src/provisioning/queue/journal-stores.js';
import { RunExecutor } from '../../../src/provisioning/runner/run-executor.js';
import { RunApproval } from '../../../src/provisioning/runner/run-approval.js';
import { RunInterrupt } from '../../../src/provisioning/runner/run-interrupt.js';
import { type ClaimedRun, type OutputPosition } from '../../../src/provisioning/runner/run-journal.js';
import { StateAdministrationService } from '../../../src/provisioning/state-administration.service.js';
import { TerraformBinary } from '../../../src/provisioning/runner/terraform-binary.js';
import { PhaseFiles } from '../../../src/provisioning/runner/phase-files.js';
import { eventually } from '../../support/eventually.js';
import {
  applyStart,
  applyComplete,
  changeSummary,
  LINEAGE,
  raw,
  stateText,
  writeState,
} from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

const ANN = { userId: 1, username: 'ann', isSuperuser: false, permissions: [] };

/** Of a worker that dies in the instant after it has stored its first lines of an apply: it never learns that it did. */
class DyingJournal extends DatabaseRunJournal {
  private bury: (reason: Error) => void = () => undefined;
  private readonly grave = new Promise<never>((_, reject) => {
    this.bury = reject;
  });
  hasDied = false;

  override async log(entries: RunLogEntry[], position: OutputPosition): Promise<void> {
    await super.log(entries, position);
    if (!position.output.startsWith('apply')) return;
    this.hasDied = true;
    await this.grave;
  }

  override storeState(): Promise<void> {
    return this.grave;
  }

  end(): void {
    this.bury(new Error('buried'));
  }
}

/** What an apply writes when it has begun. */
const UP = applyStart('terraform_data.node[0]');

describe('a run whose worker is gone', () => {
  let bench: RunBench;
  beforeAll(async () => {
    bench = await RunBench.start();
  });
  afterAll(() => bench.close());

  const organization = async (): Promise<string> => (await bench.test.fixtures.organization()).id;
  const callsOf = (organizationId: string, subcommand: string) =>
    bench.terraform.calls(subcommand).filter(({ cwd }) => cwd === bench.workspace(organizationId));
  const elsewhere = () => ({ ...bench.worker, host: 'elsewhere/boot' });
  const interrupts = (): string => bench.terraform.noted('interrupts');

  /** Executes the run up to the first stored line of the apply; what is left then is what a kill -9 leaves. */
  async function dieInApply(run: ClaimedRun): Promise<{ bury: () => Promise<void> }> {
    const interrupt = new RunInterrupt();
    const stores = bench.test.context.get(JournalStores, { strict: false });
    const journal = new DyingJournal(stores, run, interrupt, 1_000_000, new SystemClock());
    const executor = bench.test.context.get(RunExecutor, { strict: false });
    const execution = executor.execute(run, journal, interrupt, new RunApproval()).catch((error: unknown) => error);
    await eventually('the death of the worker', () => journal.hasDied);
    return {
      bury: async () => {
        journal.end();
        await execution;
      },
    };
  }

  it('is resumed: the same terraform, and every line stored once', async () => {
    const go = bench.terraform.file('go-resumed');
    bench.terraform.plays({
      apply: [
        raw('first\n'),
        { waitFor: go },
        raw('second\n'),
        applyComplete('terraform_data.node[0]'),
        writeState(1, 1),
      ],
    });
    const id = await organization();
    const run = await bench.claim(id);
    const dead = await dieInApply(run);
    const taken = await bench.takeOver(run.id);
    expect(taken.how).toBe('execute');
    const finished = bench.finish(taken.run, taken.how);
    bench.terraform.release('go-resumed');
    expect(await finished).toMatchObject({ status: 'succeeded', plannedChanges: 2, completedChanges: 1 });
    await dead.bury();
    expect(callsOf(id, 'apply')).toHaveLength(1);
    const log = await bench.log(run.id);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    const lines = log.filter(({ phase }) => phase === 'apply').map(({ message }) => message);
    expect(lines).toEqual(['first', 'second', 'apply_complete']);
  });

  it('still has only what is left of its time', async () => {
    bench.terraform.plays({ apply: [{ onInterrupt: [{ exit: 1 }] }, UP, { waitFor: 'never' }] });
    const id = await organization();
    const run = await bench.claim(id);
    const dead = await dieInApply(run);
    const longAgo = Date.now() / 1000 - 3601;
    utimesSync(bench.workspace(id, 'runs', run.id, 'apply', 'process'), longAgo, longAgo);
    const taken = await bench.takeOver(run.id);
    expect(await bench.finish(taken.run)).toMatchObject({ status: 'failed', failure: { code: 'terraform.timeout' } });
    await dead.bury();
  });

  it('goes on being cancelled, without a second signal', async () => {
    const before = interrupts();
    const go = bench.terraform.file('go-canceled');
    const atInterrupt = [{ waitFor: go }, writeState(1, 1), { exit: 1 }];
    bench.terraform.plays({ apply: [{ onInterrupt: atInterrupt }, UP, { waitFor: 'never' }] });
    const id = await organization();
    const run = await bench.claim(id);
    const dead = await dieInApply(run);
    const files = new PhaseFiles(bench.workspace(id, 'runs', run.id, 'apply'));
    expect(files.markInterrupted()).toBe(true);
    process.kill(-files.recordedProcess()!.pid, 'SIGINT');
    await bench.provisioning.cancel(id, run.id, ANN);
    const taken = await bench.takeOver(run.id);
    const finished = bench.finish(taken.run);
    bench.terraform.release('go-canceled');
    expect(await finished).toMatchObject({ status: 'canceled', cancelRequestedBy: 'user:ann', state: { serial: 1 } });
    expect(interrupts()).toBe(`${before}INT\n`);
    await dead.bury();
  });

  it('is recovered when its processes are gone too: what it built is kept, and the next run goes on', async () => {
    bench.terraform.plays({ apply: [writeState(1, 1), UP, { waitFor: 'never' }] });
    const id = await organization();
    const run = await bench.claim(id);
    const dead = await dieInApply(run);
    const { pid } = new PhaseFiles(bench.workspace(id, 'runs', run.id, 'apply')).recordedProcess()!;
    process.kill(-pid, 'SIGKILL');
    const taken = await bench.takeOver(run.id);
    expect(await bench.finish(taken.run)).toMatchObject({
      status: 'failed',
      state: { serial: 1 },
      failure: { code: 'runs.worker_lost' },
    });
    await dead.bury();
    expect(bench.hasFile(id, 'runs', run.id, 'plan.tfplan')).toBe(false);
    bench.terraform.plays({ apply: [writeState(2, 2)] });
    expect(await bench.run(id)).toMatchObject({ status: 'succeeded', state: { serial: 2 } });
  });

  it('is not ended while its terraform works, even when this host has no terraform any more', async () => {
    const go = bench.terraform.file('go-missing');
    bench.terraform.plays({ apply: [UP, { waitFor: go }, writeState(1, 1)] });
    const id = await organization();
    const run = await bench.claim(id);
    const dead = await dieInApply(run);
    const binary = bench.test.context.get(TerraformBinary, { strict: false });
    const real = binary.availability.bind(binary);
    binary.availability = () => {
      binary.availability = real;
      return Promise.resolve({ available: false, reason: 'it was removed' });
    };
    const taken = await bench.takeOver(run.id);
    const finished = bench.finish(taken.run);
    bench.terraform.release('go-missing');
    expect((await finished).failure).toEqual({ code: 'terraform.unavailable', message: 'it was removed' });
    await dead.bury();
    // Only a worker that has outlasted the apply can have stored what it wrote.
    expect(await bench.storedSerials(id)).toEqual([1]);
  });

  it('stops its terraform when another worker owns the run', async () => {
    const before = interrupts();
    const go = bench.terraform.file('go-fenced');
    bench.terraform.plays({
      apply: [{ onInterrupt: [{ exit: 1 }] }, UP, { waitFor: go }, raw('more\n'), { waitFor: 'never' }],
    });
    const id = await organization();
    const run = await bench.claim(id);
    const session = bench.sessions.start(run, 'execute');
    await eventually('the apply', async () => (await bench.log(run.id)).some(({ type }) => type === 'apply_start'));
    await bench.test.fixtures.query(
      'UPDATE runs SET fencing_token = fencing_token + 1, worker_id = gen_random_uuid() WHERE id = $1',
      [run.id],
    );
    bench.terraform.release('go-fenced');
    await session;
    expect(interrupts()).toBe(`${before}INT\n`);
    expect((await bench.provisioning.get(id, run.id)).status).toBe('applying');
    expect((await bench.log(run.id)).map(({ message }) => message)).not.toContain('more');
  });

  it('stops a terraform that prints nothing, too, when its run was unlocked elsewhere, and touches nothing after', async () => {
    const before = interrupts();
    const atInterrupt = [writeState(1, 1), raw('more\n'), { exit: 1 }];
    bench.terraform.plays({ apply: [{ onInterrupt: atInterrupt }, UP, { waitFor: 'never' }] });
    const lab = await bench.test.fixtures.organization();
    const worker = elsewhere();
    const run = await bench.claim(lab.id, 'update', worker);
    const session = bench.sessions.start(run, 'execute');
    await eventually('the apply', async () => (await bench.log(run.id)).some(({ type }) => type === 'apply_start'));
    await bench.test.fixtures.query("UPDATE runs SET heartbeat_at = now() - interval '1 hour' WHERE id = $1", [run.id]);
    const states = bench.test.context.get(StateAdministrationService, { strict: false });
    await states.unlock(lab, run.id, ANN);
    bench.heartbeat.start(worker.id);
    await session;
    await bench.heartbeat.stop();
    expect(interrupts()).toBe(`${before}INT\n`);
    expect(await bench.provisioning.get(lab.id, run.id)).toMatchObject({
      status: 'failed',
      cancelRequestedBy: null,
      failure: { code: 'runs.force_unlocked' },
    });
    expect(await bench.storedSerials(lab.id)).toEqual([]);
    expect((await bench.log(run.id)).map(({ message }) => message)).not.toContain('more');
    expect(bench.sessions.all).toEqual([]);
  });

  it('is found again when the claim was stored but its answer lost', async () => {
    const worker = bench.worker;
    const run = await bench.claim(await organization(), 'update', worker);
    expect(await bench.claimer.takeOver(worker, [run.id])).toEqual([]);
    expect(await bench.claimer.takeOver(worker, [])).toEqual([
      expect.objectContaining({ how: 'execute', run: expect.objectContaining({ id: run.id }) as unknown }),
    ]);
  });

  describe('and the state', () => {
    /** Stores a state as a worker of another host does, under a newer fence. */
    async function storeElsewhere(organizationId: string, serial: number, nodes: number): Promise<ClaimedRun> {
      const run = await bench.claim(organizationId, 'update', elsewhere());
      const content = Buffer.from(stateText(serial, nodes));
      await bench.states.store(run, { lineage: LINEAGE, serial, content }, bench.test.clock.now());
      return run;
    }
    const end = (run: ClaimedRun) =>
      bench.test.fixtures.query("UPDATE runs SET status = 'failed', finished_at = now() WHERE id = $1", [run.id]);
    const localState = (id: string): string => readFileSync(bench.workspace(id, 'terraform.tfstate'), 'utf8');
    const nothingToDo = { plan: [changeSummary(0), { savePlan: true as const }] };

    it('of another host wins over an old one that is left here', async () => {
      bench.terraform.plays({});
      const id = await organization();
      await bench.run(id);
      await end(await storeElsewhere(id, 9, 5));
      bench.terraform.plays(nothingToDo);
      expect(await bench.run(id)).toMatchObject({ status: 'no_changes', state: { serial: 9 } });
      expect(localState(id)).toBe(stateText(9, 5));
    });

    it('of another host is what its run is recovered to, never an old one that is left here', async () => {
      bench.terraform.plays({});
      const id = await organization();
      await bench.run(id);
      const lost = await storeElsewhere(id, 9, 5);
      await bench.test.fixtures.query("UPDATE runs SET heartbeat_at = now() - interval '1 hour' WHERE id = $1", [
        lost.id,
      ]);
      const [taken] = await bench.claimer.takeOver(bench.worker, []);
      expect(taken).toMatchObject({ how: 'recover', run: { id: lost.id } });
      expect(await bench.finish(taken!.run, 'recover')).toMatchObject({ status: 'failed', state: { serial: 9 } });
      expect(await bench.states.newest(id)).toMatchObject({ serial: 9 });
      expect(await bench.storedSerials(id)).toEqual(expect.not.arrayContaining([10]));
    });

    it('of this host that nobody has stored does not win over one that others went on from, but is kept', async () => {
      bench.terraform.plays({});
      const id = await organization();
      await bench.run(id);
      writeFileSync(bench.workspace(id, 'terraform.tfstate'), stateText(20, 9));
      await end(await storeElsewhere(id, 9, 5));
      bench.terraform.plays(nothingToDo);
      expect(await bench.run(id)).toMatchObject({ state: { serial: 9 } });
      const kept = bench.workspace(id, 'recovered', `${LINEAGE}-20.tfstate`);
      expect(readFileSync(kept, 'utf8')).toBe(stateText(20, 9));
    });

    it('of this host that a crash kept from being stored wins when nobody else went on', async () => {
      bench.terraform.plays({});
      const id = await organization();
      await bench.run(id);
      writeFileSync(bench.workspace(id, 'terraform.tfstate'), stateText(3, 4));
      bench.terraform.plays(nothingToDo);
      expect(await bench.run(id)).toMatchObject({ state: { serial: 3 } });
      expect(await bench.storedSerials(id)).toContain(3);
    });

    it('of another lineage is put aside', async () => {
      bench.terraform.plays({});
      const id = await organization();
      await bench.run(id);
      writeFileSync(bench.workspace(id, 'terraform.tfstate'), stateText(50, 1, { lineage: 'foreign' }));
      bench.terraform.plays(nothingToDo);
      expect(await bench.run(id)).toMatchObject({ state: { serial: 2, lineage: LINEAGE } });
      expect(bench.hasFile(id, 'recovered', 'foreign-50.tfstate')).toBe(true);
    });

    it('is taken by fence and not by clock', async () => {
      const id = await organization();
      const store = async (run: ClaimedRun, serial: number, at: string): Promise<void> => {
        const snapshot = { lineage: LINEAGE, serial, content: Buffer.from(stateText(serial, serial)) };
        await bench.states.store(run, snapshot, new Date(at));
      };
      const first = await bench.claim(id);
      await store(first, 1, '2030-01-01T00:00:00Z');
      await store(first, 2, '2029-01-01T00:00:00Z');
      expect(await bench.states.newest(id)).toMatchObject({ serial: 2 });
      await end(first);
      const second = await bench.claim(id);
      await store(second, 3, '2020-01-01T00:00:00Z');
      expect(await bench.states.newest(id)).toMatchObject({ serial: 3, fencingToken: second.fencingToken });
      await end(second);
    });
  });

  it('lets a person take over a cancel the service began, and no person another’s', async () => {
    const run = await bench.claim(await organization());
    await bench.test.fixtures.query(
      "UPDATE runs SET status = 'canceling', cancel_requested_at = now(), cancel_requested_by = 'system:shutdown' WHERE id = $1",
      [run.id],
    );
    const cancel = (username: string) => bench.provisioning.cancel(run.organizationId, run.id, { ...ANN, username });
    expect((await cancel('ann')).cancelRequestedBy).toBe('user:ann');
    expect((await cancel('ben')).cancelRequestedBy).toBe('user:ann');
  });

  it('may repeat every write whose answer was lost', async () => {
    const run = await bench.claim(await organization());
    const stores = bench.test.context.get(JournalStores, { strict: false });
    const entry: RunLogEntry = {
      occurredAt: new Date(),
      phase: 'init',
      type: 'log',
      level: 'info',
      message: 'm',
      data: null,
    };
    const position = { output: 'init/stdout', end: 10 };
    for (let times = 0; times < 2; times++) await stores.logs.append(run, 1, [entry], position);
    expect(await bench.log(run.id)).toHaveLength(1);
    expect(await stores.logs.positions(run.organizationId, run.id)).toEqual({ 'init/stdout': 10 });
    const stale = { ...run, fencingToken: '0' };
    await expect(stores.logs.append(stale, 2, [entry], position)).rejects.toThrow(FenceLostError);
    expect(await bench.log(run.id)).toHaveLength(1);
  });

  it('stores what it found to be in no state once the database is back, and once', async () => {
    const run = await bench.claim(await organization());
    const stores = bench.test.context.get(JournalStores, { strict: false });
    let tries = 0;
    const record: OrphansRepository['record'] = async (...what): Promise<void> => {
      tries++;
      // The first does not get there; of the second only the answer is lost.
      if (tries > 1) await stores.orphans.record(...what);
      if (tries < 3) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
    };
    const broken = Object.assign(Object.create(stores) as JournalStores, { orphans: { record } });
    const journal = new DatabaseRunJournal(broken, run, new RunInterrupt(), 1_000_000, new SystemClock());
    const orphan = { type: 'aws_vpc', id: 'vpc-1', name: null, address: 'aws_vpc.sliderule-vpc' };
    await journal.foundOrphans([orphan]);
    expect(tries).toBe(3);
    const sql = 'SELECT resource_id AS id FROM orphans WHERE organization_id = $1';
    expect(await bench.test.fixtures.query(sql, [run.organizationId])).toEqual([{ id: 'vpc-1' }]);
  });
});
