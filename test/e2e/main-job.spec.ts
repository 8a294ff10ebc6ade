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
