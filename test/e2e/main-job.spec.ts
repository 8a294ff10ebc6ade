import { describeWithTerraform } from '../support/terraform-available.js';
import { type RunRow, Scenario } from './support/scenario.js';

describeWithTerraform('the main job', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await Scenario.start();
  });
  afterAll(() => scenario.close());

  const newest = (runs: RunRow[]): RunRow | undefined => runs[0];
  const finished = (kind: string, nodes: number) =>
    scenario.until(
      `a finished ${kind} to ${nodes}`,
      () => scenario.runs(),
      (runs) => {
        const run = newest(runs);
        return run?.kind === kind && run.nodes === nodes && run.status === 'succeeded';
      },
    );

  it('turns a request into a cluster, grows it, and takes it down when the request is released', async () => {
    expect((await scenario.call('GET', '/api/org_ip_adr/demo-lab/')).status).toBe(503);
    expect((await scenario.ask(3)).body).toMatchObject({ status: 'QUEUED' });
    const [first] = await finished('update', 3);
    expect(first).toMatchObject({
      plannedChanges: 6,
      completedChanges: 6,
      outputs: { prov_sys_handshake: 'sliderule' },
    });
    await scenario.until(
      'three nodes',
      () => scenario.currentNodes(),
      (nodes) => nodes === 3,
    );
    const address = await scenario.call<{ ip_address: string }>('GET', '/api/org_ip_adr/demo-lab/');
    expect(address.body.ip_address).toMatch(/^127\.\d+\.\d+\.\d+$/);

    await scenario.ask(5);
    expect((await finished('update', 5))[0]).toMatchObject({ plannedChanges: 2 });
    await scenario.until(
      'five nodes',
      () => scenario.currentNodes(),
      (nodes) => nodes === 5,
    );

    expect((await scenario.release()).body).toEqual({ released: 2 });
    expect((await finished('destroy', 0))[0]).toMatchObject({ plannedChanges: 8 });
    await scenario.until(
      'nothing left',
      () => scenario.currentNodes(),
      (nodes) => nodes === 0,
    );
    expect((await scenario.call('GET', '/api/org_ip_adr/demo-lab/')).status).toBe(503);
  });

  it('destroys a live cluster whose version is changed, as its plan says first, and deploys it anew', async () => {
    await scenario.fixtures.clusterVersion('v4.10.0');
    await scenario.ask(2);
    const [before] = await finished('update', 2);
    expect((await scenario.configure({ clusterVersion: 'v4.10.0', isPublic: true })).status).toBe(200);
    const runs = await scenario.until(
      'a cluster of the new version',
      () => scenario.runs(),
      ([run]) => run?.kind === 'update' && run.status === 'succeeded' && run.id !== before!.id,
    );
    const [update, destroy] = runs;
    expect(runs.findIndex(({ id }) => id === before!.id)).toBe(2);
    expect([destroy, update]).toMatchObject([
      { kind: 'destroy', status: 'succeeded', trigger: 'configuration', plannedChanges: before!.plannedChanges },
      { kind: 'update', nodes: 2, clusterVersion: 'v4.10.0', plannedChanges: before!.plannedChanges },
    ]);
    const log = await scenario.fixtures.query<{ phase: string }>(
      'SELECT phase FROM run_log WHERE run_id = $1 ORDER BY seq',
      [destroy!.id],
    );
    const phases = log.map(({ phase }) => phase);
    expect(phases).toContain('plan');
    expect(phases.lastIndexOf('plan')).toBeLessThan(phases.indexOf('apply'));
    await scenario.until(
      'the new cluster to be known',
      () => scenario.call('GET', '/api/org_num_nodes/demo-lab/'),
      ({ body }) => body.version === 'v4.10.0' && body.is_public === true && body.current_nodes === 2,
    );
    await scenario.release();
    await finished('destroy', 0);
  });

  it('streams a run as server-sent events that resume where they stopped', async () => {
    const [run] = await scenario.runs();
    const path = `/api/v1/organizations/demo-lab/runs/${run!.id}/events`;
    const read = async (lastEventId?: number): Promise<{ seqs: number[]; text: string }> => {
      const headers = {
        ...scenario.authorization(),
        ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
      };
      const text = await (await fetch(scenario.server.url + path, { headers })).text();
      return { text, seqs: [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq)) };
    };
    const whole = await read();
    expect(whole.seqs).toEqual(whole.seqs.map((_, index) => index + 1));
    expect(whole.text).toContain('event: run');
    const half = Math.floor(whole.seqs.length / 2);
    expect((await read(half)).seqs).toEqual(whole.seqs.slice(half));
  });

  it('stores every state version encrypted, and no run directory keeps a plan', async () => {
    const versions = await scenario.fixtures.query<{ ciphertext: Buffer; serial: string }>(
      'SELECT ciphertext, serial FROM state_versions',
    );
    expect(versions.length).toBeGreaterThanOrEqual(3);
    for (const { ciphertext } of versions) expect(ciphertext.toString('latin1')).not.toContain('terraform_data');
  });

  it('stops with exit code 0 on SIGTERM', async () => {
    expect(await scenario.server.stop()).toBe(0);
    await scenario.restart();
    expect((await fetch(`${scenario.server.url}/health/ready`)).status).toBe(200);
  });
});
