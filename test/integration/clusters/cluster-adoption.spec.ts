import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { jest } from '@jest/globals';
import { ClustersModule } from '../../../src/clusters/clusters.module.js';
import { AdoptedContentsRepository } from '../../../src/provisioning/targets/adopted-contents.repository.js';
import { TargetSynthesizer } from '../../../src/provisioning/targets/target-synthesizer.js';
import { type ClaimedRun } from '../../../src/provisioning/runner/run-journal.js';
import { eventually } from '../../support/eventually.js';
import { change, changeSummary, errorDiagnostic, type Play } from '../../support/fake-terraform/fake-terraform.js';
import { describeWithMoto, MotoServer } from '../../support/moto-server.js';
import { OLD_SECRET, oldState } from '../../support/old-state.js';
import { type Outcome, psctlIn } from '../../support/psctl-in-process.js';
import { ALL_KINDS, RunBench } from '../../support/run-bench.js';

const REGION = 'us-west-2';
const NOTHING: Play = { plan: [changeSummary(0)] };

interface Lab {
  id: string;
  name: string;
}

let bench: RunBench;
let directory: string;
let synthesise: jest.SpiedFunction<TargetSynthesizer['synthesise']>;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ps-server-old-'));
  bench = await RunBench.start({}, [ClustersModule]);
  // Terraform is played here, and so is what it is given.
  synthesise = jest
    .spyOn(bench.test.context.get(TargetSynthesizer, { strict: false }), 'synthesise')
    .mockResolvedValue({ files: { 'cdk.tf.json': '{}' }, lockFile: null, variables: {}, environment: {}, secrets: [] });
});
afterAll(async () => {
  await bench.close();
  rmSync(directory, { recursive: true, force: true });
});

async function laboratory(target = 'aws'): Promise<Lab> {
  const lab = await bench.test.fixtures.organization();
  await bench.test.fixtures.query('UPDATE organizations SET target = $2 WHERE id = $1', [lab.id, target]);
  return lab;
}

function file(text: string): string {
  const path = join(directory, 'cluster.tfstate');
  writeFileSync(path, text);
  return path;
}

const adopt = (lab: Lab, ...options: string[]): Promise<Outcome> =>
  psctlIn(bench.test.context, ['adopt-cluster', lab.name, ...options]);

/** The command, with a worker that executes what it asks for. */
async function adoptWithWorker(lab: Lab, play: Play, ...options: string[]): Promise<Outcome> {
  bench.terraform.plays(play);
  const command = adopt(lab, ...options);
  let claimed: ClaimedRun | null = null;
  await eventually('the plan is claimed', async () => {
    claimed ??= await bench.claimer.claimNext(bench.worker, ALL_KINDS);
    return claimed !== null;
  });
  await bench.finish(claimed!);
  return command;
}

const stored = async (id: string) => {
  const [organization] = await bench.test.fixtures.query(
    `SELECT o.provisioning_suspended AS suspended, c.is_deployed AS deployed, c.node_count AS nodes, c.address
     FROM organizations o LEFT JOIN clusters c ON c.organization_id = o.id WHERE o.id = $1`,
    [id],
  );
  const versions = await bench.test.fixtures.query(
    'SELECT serial::integer, lineage, source, created_by FROM state_versions WHERE organization_id = $1',
    [id],
  );
  return { organization, versions };
};
const contentsOf = (id: string) => bench.test.context.get(AdoptedContentsRepository, { strict: false }).find(id);

describe('psctl adopt-cluster', () => {
  it('takes over state and texts, suspends, and proves with a plan that nothing would change', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    const { exitCode, stdout } = await adoptWithWorker(lab, NOTHING, '--state', path, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      adoption: { outcome: 'adopted', serial: 41, lineage: 'old-lineage', nodes: 3, address: '192.0.2.7' },
      plan: { status: 'no_changes', changes: [] },
    });
    expect(exitCode).toBe(0);
    expect(await stored(lab.id)).toEqual({
      organization: { suspended: true, deployed: true, nodes: 3, address: '192.0.2.7' },
      versions: [{ serial: 41, lineage: 'old-lineage', source: 'adoption', created_by: 'system:psctl' }],
    });
    expect(await contentsOf(lab.id)).toMatchObject({
      madeFor: { clusterVersion: 'latest', isPublic: false },
      userData: { ilb: 'export SECRET=@@SECRET:jwt_secret_key@@', monitor: 'monitor' },
      terraformBasePath: 'old/path',
    });
    expect(synthesise).toHaveBeenLastCalledWith(expect.objectContaining({ target: 'aws', nodes: 3 }), lab.id);
    const newest = await bench.states.newest(lab.id);
    expect(newest?.content.toString()).toBe(oldState({ organization: lab.name }));
    const clear = await bench.test.fixtures.query(
      `SELECT (SELECT string_agg(t::text, '') FROM adopted_contents t) || (SELECT string_agg(a::text, '') FROM audit_events a)
         || (SELECT coalesce(string_agg(l::text, ''), '') FROM run_log l) AS text`,
    );
    expect(`${JSON.stringify(clear)}${stdout}`).not.toContain(OLD_SECRET);
  });

  it('says what would change, exits with 2, and leaves the organization suspended', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    const play = {
      plan: [change('aws_instance.ilb', 'update'), changeSummary(1), { savePlan: true } as const, { exit: 2 }],
    };
    const { exitCode, stdout } = await adoptWithWorker(lab, play, '--state', path);
    expect(stdout).toMatch(/This would change:\n\nACTION +ADDRESS +REASON\nupdate +aws_instance.ilb/);
    expect(exitCode).toBe(2);
    expect(await stored(lab.id)).toMatchObject({ organization: { suspended: true } });
    expect(await bench.storedSerials(lab.id)).toEqual([41]);
  });

  it('fails when the plan does', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    const play = { plan: [errorDiagnostic('No credentials'), { exit: 1 }] };
    const { exitCode, stderr } = await adoptWithWorker(lab, play, '--state', path);
    expect(stderr).toContain('No credentials');
    expect(exitCode).toBe(1);
  });

  it('changes nothing when it is done again, and refuses any other state', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    await adoptWithWorker(lab, NOTHING, '--state', path);
    await bench.test.fixtures.query('UPDATE organizations SET provisioning_suspended = false WHERE id = $1', [lab.id]);
    const before = await stored(lab.id);
    const again = await adoptWithWorker(lab, NOTHING, '--state', path);
    expect(again.stdout).toContain('It was adopted before.');
    expect(again.exitCode).toBe(0);
    for (const other of [{ serial: 42 }, { lineage: 'another' }, { nodes: 4 }]) {
      const refused = await adopt(lab, '--state', file(oldState({ organization: lab.name, ...other })));
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has a state already') as string });
    }
    expect(await stored(lab.id)).toEqual(before);
    const foreign = await laboratory();
    bench.terraform.plays({});
    await bench.run(foreign.id);
    const refused = await adopt(foreign, '--state', file(oldState({ organization: foreign.name })));
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has a state already') as string });
    expect(await stored(foreign.id)).toMatchObject({ organization: { suspended: false } });
  });

  it('reads and stores nothing with --check', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    const before = await bench.test.fixtures.stored();
    const { exitCode, stdout } = await adopt(lab, '--state', path, '--check');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Serial 41 of lineage old-lineage, written by Terraform 1.9.8');
    expect(stdout).toMatch(/aws_s3_object.docker-compose-config +4/);
    expect(stdout).toContain('Nothing was stored.');
    expect(stdout).not.toContain(OLD_SECRET);
    expect(await bench.test.fixtures.stored()).toBe(before);
  });

  it('says so when no worker takes the plan', async () => {
    const lab = await laboratory();
    const path = file(oldState({ organization: lab.name }));
    const { exitCode, stderr } = await adopt(lab, '--state', path, '--worker-seconds', '0');
    expect(stderr).toMatch(/no worker took the plan \(run [\w-]+\) within 0 s/);
    expect(exitCode).toBe(1);
    const run = await bench.provisioning.findUnfinished(lab.id);
    await bench.provisioning.cancel(lab.id, run!.id, {
      userId: 1,
      username: 'ann',
      isSuperuser: false,
      permissions: [],
    });
  });

  it('uses the texts until the cluster is destroyed', async () => {
    const lab = await laboratory();
    await adoptWithWorker(lab, NOTHING, '--state', file(oldState({ organization: lab.name })));
    bench.terraform.plays({ plan: [changeSummary(0)] });
    await bench.run(lab.id, 'update');
    expect(await contentsOf(lab.id)).not.toBeNull();
    await bench.run(lab.id, 'destroy');
    expect(await contentsOf(lab.id)).toBeNull();
    expect(await contentsOf((await laboratory()).id)).toBeNull();
  });

  it.each<[string, (name: string) => string, string]>([
    ['of another cluster', () => oldState({ organization: 'other' }), 'cluster_name is "other"'],
    [
      'without a cluster in it',
      (name) => oldState({ organization: name, outputs: { prov_sys_handshake: 'x' } }),
      'prov_sys_handshake',
    ],
    ['of another format', () => '{"version": 3}', 'cannot be taken over'],
    ['cut in half', (name) => oldState({ organization: name }).slice(0, 500), 'cannot be taken over'],
    ['without what runs need', (name) => oldState({ organization: name }).replaceAll('s3-policy', 'x'), 's3-policy'],
  ])('refuses a state %s, and stores nothing', async (_, text, reason) => {
    const lab = await laboratory();
    const before = await bench.test.fixtures.stored();
    const { exitCode, stderr } = await adopt(lab, '--state', file(text(lab.name)));
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain(OLD_SECRET);
    expect(exitCode).toBe(1);
    expect(await bench.test.fixtures.stored()).toBe(before);
  });

  it('refuses what cannot work before it stores anything', async () => {
    const local = await laboratory('local');
    const path = file(oldState({ organization: local.name }));
    expect((await adopt(local, '--state', path)).stderr).toContain('Set the organization\'s target to "aws"');
    expect(await stored(local.id)).toMatchObject({ organization: { suspended: false }, versions: [] });
    const busy = await laboratory();
    const run = await bench.claim(busy.id);
    const refused = await adopt(busy, '--state', file(oldState({ organization: busy.name })));
    expect(refused.stderr).toContain(run.id);
    expect(await stored(busy.id)).toMatchObject({ organization: { suspended: false }, versions: [] });
    bench.terraform.plays({});
    await bench.finish(run);
    expect((await adopt(busy, '--state', join(directory, 'nowhere'))).stderr).toContain('cannot be read');
    expect((await adopt(busy)).exitCode).toBe(2);
    expect((await adopt(busy, '--state', path, '--bucket', 'b')).exitCode).toBe(2);
    expect((await adopt(busy, '--state', path, '--worker-seconds', 'soon')).exitCode).toBe(2);
  });
});

describe('psctl state', () => {
  const psctl = (...command: string[]): Promise<Outcome> => psctlIn(bench.test.context, ['state', ...command]);

  it('lists, downloads and goes back', async () => {
    const lab = await laboratory();
    bench.terraform.plays({});
    await bench.run(lab.id);
    const { versions, lock } = JSON.parse((await psctl('list', lab.name, '--json')).stdout) as {
      versions: { id: string; serial: number }[];
      lock: unknown;
    };
    expect(versions.map(({ serial }) => serial)).toEqual(
      await bench.storedSerials(lab.id).then((all) => all.reverse()),
    );
    expect(lock).toBeNull();
    const { id, serial } = versions.at(-1)!;
    const output = join(directory, 'downloaded.tfstate');
    expect(await psctl('download', lab.name, id, '--output', output)).toMatchObject({ exitCode: 0, stderr: '' });
    const second = await psctl('download', lab.name, id, '--output', output);
    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('EEXIST') as string });
    expect((await psctl('rollback', lab.name, id, '--confirm', 'other')).exitCode).toBe(1);
    expect((await psctl('rollback', lab.name, 'x', '--confirm', lab.name)).exitCode).toBe(2);
    const done = await psctl('rollback', lab.name, id, '--confirm', lab.name);
    expect(done.stdout).toContain(`is now serial ${versions[0]!.serial + 1}`);
    expect(done.stdout).not.toContain(`is now serial ${serial}:`);
    const listed = await psctl('list', lab.name, '--limit', '1');
    expect(listed.stdout).toMatch(/rollback +system:psctl/);
    expect(listed.stdout).toContain('More: --cursor');
    expect((await psctl('list', lab.name, '--limit', '0')).exitCode).toBe(2);
    expect((await psctl('list', 'nowhere')).exitCode).toBe(1);
  });

  it('unlocks when the worker is gone, and says who holds the state when it is not', async () => {
    const lab = await laboratory();
    const run = await bench.claim(lab.id);
    expect((await psctl('list', lab.name)).stdout).toContain(`Held by run ${run.id}`);
    const refused = await psctl('unlock', lab.name, '--confirm', run.id);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('holds the state since') as string });
    await bench.test.fixtures.query(`UPDATE runs SET worker_process = '999999999/never' WHERE id = $1`, [run.id]);
    const done = await psctl('unlock', lab.name, '--confirm', run.id, '--json');
    expect(JSON.parse(done.stdout)).toMatchObject({ id: run.id, status: 'failed' });
  });
});

describeWithMoto('psctl adopt-cluster from the bucket of the old system', () => {
  const ENVIRONMENT = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  const before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  let moto: MotoServer;
  let client: S3Client;
  beforeAll(async () => {
    moto = await MotoServer.start();
    const [endpoint, id, key] = ENVIRONMENT;
    Object.assign(process.env, { [endpoint]: moto.endpoint, [id]: 'id', [key]: 'key' });
    client = new S3Client({ region: REGION, forcePathStyle: true });
    const configuration = { LocationConstraint: REGION } as const;
    await client.send(new CreateBucketCommand({ Bucket: 'sliderule', CreateBucketConfiguration: configuration }));
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    for (const name of ENVIRONMENT) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await moto.stop();
  });

  it('finds the state where the old system kept it', async () => {
    const lab = await laboratory();
    const text = oldState({ organization: lab.name });
    const key = `tf-workspaces/example.org-${lab.name}/tf-states/cluster.tfstate`;
    await client.send(
      new PutObjectCommand({ Bucket: 'sliderule', Key: key, Body: text, ContentLength: Buffer.byteLength(text) }),
    );
    const usual = ['--bucket', 'sliderule', '--domain', 'example.org', '--check', '--json'];
    expect(JSON.parse((await adopt(lab, ...usual)).stdout)).toMatchObject({
      adoption: { outcome: 'checked', source: `s3://sliderule/${key}`, serial: 41 },
    });
    expect((await adopt(lab, '--bucket', 'sliderule', '--key', key, '--check')).exitCode).toBe(0);
    const missing = await adopt(lab, '--bucket', 'sliderule', '--check');
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Check bucket, key and region') as string,
    });
  });
});
