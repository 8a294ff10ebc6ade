import { readdirSync, readFileSync } from 'node:fs';
import { type Author } from '../../../src/common/access/actor.js';
import { Transactions } from '../../../src/database/transaction.js';
import { FenceLostError } from '../../../src/provisioning/provisioning.errors.js';
import { ProvisioningService } from '../../../src/provisioning/provisioning.service.js';
import { type StateVersion } from '../../../src/provisioning/provisioning.types.js';
import { type ClaimedRun } from '../../../src/provisioning/runner/run-journal.js';
import { StateAdministrationService } from '../../../src/provisioning/state-administration.service.js';
import { LINEAGE, stateText, writeState } from '../../support/fake-terraform/fake-terraform.js';
import { RunBench } from '../../support/run-bench.js';

const ROOT: Author = { userId: 1, username: 'root', isSuperuser: true, permissions: [] };
const DEVELOPER: Author = { userId: 2, username: 'dev', isSuperuser: false, permissions: ['clusters.manage'] };
const SECRET = 'hush-hush-hush';
const LOST_SECONDS = 90;

describe('the administration of states', () => {
  let bench: RunBench;
  let states: StateAdministrationService;
  beforeAll(async () => {
    bench = await RunBench.start({ PS_RUN_LOST_SECONDS: String(LOST_SECONDS) });
    states = bench.test.context.get(StateAdministrationService, { strict: false });
  });
  afterAll(() => bench.close());

  const organization = () => bench.test.fixtures.organization();
  const versions = async (id: string, more: { limit?: number; cursor?: string } = {}) =>
    states.list(id, { limit: 50, sort: '-serial', filters: {}, ...more });
  const version = async (id: string, serial: number): Promise<StateVersion> =>
    (await versions(id)).items.find((one) => one.serial === serial)!;
  const audited = (organizationId: string, action: string) =>
    bench.test.fixtures.query<{ actor: string; subject_id: string; details: Record<string, unknown> }>(
      'SELECT actor, subject_id, details FROM audit_events WHERE organization_id = $1 AND action = $2 ORDER BY id',
      [organizationId, action],
    );
  const age = (runId: string, seconds: number) =>
    bench.test.fixtures.query(
      `UPDATE runs SET heartbeat_at = now() - make_interval(secs => $2), worker_host = 'elsewhere/boot' WHERE id = $1`,
      [runId, seconds],
    );
  /** Serial 2 with two nodes and serial 3 with three are stored; the latter lies in the worker's directory. */
  const built = async (more: Record<string, unknown> = {}) => {
    bench.terraform.plays({ apply: [writeState(2, 2, more)] });
    const lab = await organization();
    await bench.run(lab.id);
    bench.terraform.plays({ apply: [writeState(3, 3, more)] });
    await bench.run(lab.id);
    return lab;
  };

  it('lists versions page by page with what is known of each', async () => {
    const lab = await built();
    const first = await versions(lab.id, { limit: 1 });
    expect(first.items).toMatchObject([{ serial: 3, lineage: LINEAGE, source: 'run', createdBy: null }]);
    expect(first.items[0]).toMatchObject({
      sizeBytes: stateText(3, 3).length,
      sha256: expect.stringMatching(/^\w{64}$/) as string,
    });
    expect(first.items[0]?.runId).not.toBeNull();
    const second = await versions(lab.id, { limit: 1, cursor: first.nextCursor! });
    expect(second).toMatchObject({ items: [{ serial: 2 }], nextCursor: null });
    expect((await versions((await organization()).id)).items).toEqual([]);
  });

  it('hands a version out to superusers only, in clear, and records it', async () => {
    const lab = await built({ secret: SECRET });
    const { id, sha256 } = await version(lab.id, 2);
    await expect(states.download(lab, id, DEVELOPER)).rejects.toMatchObject({ code: 'state.superusers_only' });
    expect(await audited(lab.id, 'state.downloaded')).toEqual([]);
    const { content } = await states.download(lab, id, ROOT);
    expect(content.toString()).toBe(stateText(2, 2, { secret: SECRET }));
    expect(await audited(lab.id, 'state.downloaded')).toEqual([
      { actor: 'user:root', subject_id: id, details: { serial: 2, lineage: LINEAGE, sha256 } },
    ]);
    expect(JSON.stringify(await bench.test.fixtures.query('SELECT * FROM audit_events'))).not.toContain(SECRET);
    const other = await organization();
    await expect(states.download(other, id, ROOT)).rejects.toMatchObject({ code: 'state.version_not_found' });
  });

  it('goes back to an older version, which beats the file in the directory of the worker', async () => {
    const lab = await built();
    const old = await version(lab.id, 2);
    const restored = await states.rollBack(lab, old.id, lab.name, DEVELOPER);
    expect(restored).toMatchObject({
      serial: 4,
      lineage: LINEAGE,
      source: 'rollback',
      runId: null,
      createdBy: 'user:dev',
    });
    expect(await audited(lab.id, 'state.rolled_back')).toMatchObject([
      {
        actor: 'user:dev',
        subject_id: restored.id,
        details: { before: { serial: 3 }, after: { serial: 4 }, restored: { id: old.id, serial: 2 } },
      },
    ]);
    bench.terraform.plays({ plan: [] });
    const run = await bench.run(lab.id);
    expect(run).toMatchObject({
      status: 'no_changes',
      state: { serial: 4, resourceCounts: { 'terraform_data.node': 2 } },
    });
    expect(readFileSync(bench.workspace(lab.id, 'terraform.tfstate'), 'utf8')).toBe(stateText(4, 2));
    const aside = readdirSync(bench.workspace(lab.id, 'recovered'));
    expect(aside).toEqual([`${LINEAGE}-3.tfstate`]);
  });

  it('goes on from a state that was gone back to as from any other', async () => {
    const lab = await built();
    await states.rollBack(lab, (await version(lab.id, 2)).id, lab.name, ROOT);
    bench.terraform.plays({ apply: [writeState(5, 7)] });
    expect(await bench.run(lab.id)).toMatchObject({ status: 'succeeded', state: { serial: 5 } });
    expect((await versions(lab.id)).items.map(({ serial, source }) => [serial, source])).toEqual([
      [5, 'run'],
      [4, 'rollback'],
      [3, 'run'],
      [2, 'run'],
    ]);
  });

  it('stays known as gone back to when a run finds and stores it again', async () => {
    const lab = await built();
    const restored = await states.rollBack(lab, (await version(lab.id, 2)).id, lab.name, DEVELOPER);
    const run = await bench.claim(lab.id);
    const content = Buffer.from(stateText(4, 2));
    await bench.states.store(run, { lineage: LINEAGE, serial: 4, content }, new Date());
    expect(await version(lab.id, 4)).toEqual(restored);
    expect(await bench.states.newest(lab.id)).toMatchObject({ serial: 4, fencingToken: run.fencingToken });
    bench.terraform.plays({ plan: [] });
    await bench.finish(run);
  });

  it('goes back to nothing while a run waits or is at work, or unless the name was typed', async () => {
    const lab = await built();
    const { id } = await version(lab.id, 2);
    await expect(states.rollBack(lab, id, 'other', ROOT)).rejects.toMatchObject({ code: 'confirmation.mismatch' });
    const other = await organization();
    await expect(states.rollBack(other, id, other.name, ROOT)).rejects.toMatchObject({
      code: 'state.version_not_found',
    });
    const run = await bench.claim(lab.id);
    await expect(states.rollBack(lab, id, lab.name, ROOT)).rejects.toMatchObject({ code: 'runs.busy' });
    expect((await versions(lab.id)).items).toHaveLength(2);
    bench.terraform.plays({ plan: [] });
    await bench.finish(run);
  });

  it('loses against a run that is claimed at the same instant', async () => {
    const lab = await built();
    const { id } = await version(lab.id, 2);
    const fixtures = bench.test.fixtures;
    let outcome: Promise<unknown> = Promise.resolve();
    let claim: Promise<ClaimedRun> | undefined;
    await fixtures.holding(`SELECT 1 FROM workspaces WHERE organization_id = '${lab.id}' FOR UPDATE`, async () => {
      claim = bench.claim(lab.id);
      await fixtures.untilWaiting(1);
      outcome = states.rollBack(lab, id, lab.name, ROOT).catch((error: unknown) => error);
      await fixtures.untilWaiting(2);
    });
    expect(await outcome).toMatchObject({ code: 'runs.busy' });
    bench.terraform.plays({ plan: [] });
    await bench.finish((await claim)!);
  });

  describe('unlock', () => {
    const claimed = async (): Promise<{ lab: { id: string; name: string }; run: ClaimedRun }> => {
      const lab = await organization();
      return { lab, run: await bench.claim(lab.id) };
    };

    it('is refused while the worker lives, with who holds the state since when', async () => {
      const { lab, run } = await claimed();
      const refused = states.unlock(lab, run.id, ROOT);
      await expect(refused).rejects.toMatchObject({ code: 'state.lease_held' });
      await expect(refused).rejects.toThrow(
        new RegExp(`Run ${run.id} .*since 20.*process ${process.pid}/.* last sign of life \\d+ s ago`),
      );
      await age(run.id, LOST_SECONDS - 10);
      await expect(states.unlock(lab, run.id, ROOT)).rejects.toMatchObject({ code: 'state.lease_held' });
      expect(await states.lock(lab.id)).toMatchObject({ runId: run.id, status: 'preparing' });
    });

    it.each([
      ['silent for too long', (runId: string) => age(runId, LOST_SECONDS + 10)],
      [
        'dead on this host',
        (runId: string) =>
          bench.test.fixtures.query(`UPDATE runs SET worker_process = '999999999/never' WHERE id = $1`, [runId]),
      ],
    ])('fails the run of a worker that is %s, whose writes count no more', async (_, lose) => {
      const { lab, run } = await claimed();
      await lose(run.id);
      await expect(states.unlock(lab, lab.name, ROOT)).rejects.toMatchObject({ code: 'confirmation.mismatch' });
      const failed = await states.unlock(lab, run.id, DEVELOPER);
      expect(failed).toMatchObject({ status: 'failed', failure: { code: 'runs.force_unlocked' } });
      const moves = (await audited(lab.id, 'run.status_changed')).map(({ details }) => details.to);
      expect(moves.slice(-2)).toEqual(['recovering', 'failed']);
      expect(await audited(lab.id, 'state.force_unlocked')).toMatchObject([{ actor: 'user:dev', subject_id: run.id }]);
      const late = { lineage: LINEAGE, serial: 9, content: Buffer.from(stateText(9, 9)) };
      await expect(bench.states.store(run, late, new Date())).rejects.toThrow(FenceLostError);
      expect(await states.lock(lab.id)).toBeNull();
      bench.terraform.plays({});
      expect(await bench.run(lab.id)).toMatchObject({ status: 'succeeded' });
    });

    it('has nothing to do where no run holds the state, not even a waiting one', async () => {
      const lab = await organization();
      await expect(states.unlock(lab, lab.id, ROOT)).rejects.toMatchObject({ code: 'state.not_locked' });
    });

    it('leaves it to the reconciler to find out what is there', async () => {
      const { lab, run } = await claimed();
      await bench.states.store(run, { lineage: LINEAGE, serial: 1, content: Buffer.from(stateText(1, 1)) }, new Date());
      await age(run.id, LOST_SECONDS + 10);
      await states.unlock(lab, run.id, ROOT);
      const provisioning = bench.test.context.get(ProvisioningService, { strict: false });
      const transactions = bench.test.context.get(Transactions, { strict: false });
      expect(await transactions.run((tx) => provisioning.areRemainsUnknown(tx, lab.id))).toBe(true);
    });
  });
});
