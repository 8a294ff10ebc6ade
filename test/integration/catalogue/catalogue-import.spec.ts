import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CatalogueAdministrationService } from '../../../src/catalogue/catalogue-administration.service.js';
import { CatalogueImportService } from '../../../src/catalogue/catalogue-import.service.js';
import { CatalogueModule } from '../../../src/catalogue/catalogue.module.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const AUTHOR = { userId: 0, username: 'root', isSuperuser: true, permissions: [] };

describe('the import of the old bucket', () => {
  let test: TestContext;
  let importing: CatalogueImportService;
  let administration: CatalogueAdministrationService;
  let directory: string;
  beforeEach(async () => {
    test = await createTestContext({ imports: [CatalogueModule] });
    importing = test.context.get(CatalogueImportService);
    administration = test.context.get(CatalogueAdministrationService);
    directory = mkdtempSync(path.join(tmpdir(), 'ps-server-bucket-'));
  });
  afterEach(async () => {
    rmSync(directory, { recursive: true, force: true });
    await test.close();
  });

  const file = (name: string, text = ''): void => {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  };
  const run = (isApplied: boolean, from = directory) => importing.run({ directory: from }, isApplied, AUTHOR);
  const changes = ({ versions }: { versions: { name: string; change: string }[] }) =>
    Object.fromEntries(versions.map(({ name, change }) => [name, change]));

  it('says what it would do, does it, and has nothing to do after that', async () => {
    const lab = await test.fixtures.organization({ name: 'lab' });
    file('latest/sliderule-asg-aarch64.tf.OPTION');
    file('latest/main.tf');
    file('v4.10.0/OrgsPermitted.json', '["lab", "gone"]');
    file('v4.9.4/OrgsPermitted.json', '{');
    file('unstable/OrgsPermitted.json', '["nowhere"]');
    await test.fixtures.clusterVersion('v1');
    const before = await test.fixtures.stored();
    const planned = await run(false);
    expect(await test.fixtures.stored()).toBe(before);
    expect(planned).toMatchObject({ outcome: 'dry_run', onlyHere: ['v1'] });
    expect(planned.warnings.map((warning) => warning.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['Version "v4.9.4"', 'Version v4.10.0', 'Version unstable'],
    ]);
    const done = await run(true);
    expect(done).toEqual({ ...planned, outcome: 'imported' });
    expect(changes(done)).toEqual({ latest: 'changed', 'v4.10.0': 'added', unstable: 'added' });
    expect((await administration.listAll()).map(({ name }) => name)).toEqual(['latest', 'v4.10.0', 'v1', 'unstable']);
    expect(await administration.get('latest')).toMatchObject({ nodeConfigurations: ['aarch64'] });
    expect(await administration.get('v4.10.0')).toMatchObject({ permittedOrganizations: [lab] });
    // Nobody of its list is here; that does not make it everybody's.
    expect(await administration.get('unstable')).toMatchObject({ permittedOrganizations: [] });
    const stored = await test.fixtures.stored();
    expect(new Set(Object.values(changes(await run(true))))).toEqual(new Set(['unchanged']));
    expect(await test.fixtures.stored()).toBe(stored);
  });

  it('takes what has changed, and leaves what people decided here', async () => {
    file('v3/sliderule-asg-arm.tf.OPTION');
    file('v3/sliderule-asg-old.tf.OPTION');
    await run(true);
    await administration.update('v3', { isEnabled: false, description: 'too old' }, AUTHOR);
    const lab = await test.fixtures.organization({ name: 'lab', clusterVersion: 'v3' });
    await test.fixtures.query(`UPDATE organizations SET node_configuration = 'old' WHERE id = $1`, [lab.id]);
    rmSync(path.join(directory, 'v3'), { recursive: true });
    file('v3/sliderule-asg-gpu.tf.OPTION');
    file('v3/OrgsPermitted.json', '[]');
    const report = await run(true);
    expect(report.warnings).toEqual([expect.stringContaining('keeps the node configuration old')]);
    expect(await administration.get('v3')).toMatchObject({
      isEnabled: false,
      description: 'too old',
      nodeConfigurations: ['gpu', 'old'],
      permittedOrganizations: [],
    });
    expect(changes(await run(true))).toEqual({ v3: 'unchanged' });
  });

  it('finds the folder in a copy of the whole bucket, and says so when there is none', async () => {
    file('prov-sys/cluster_tf_versions/v3/main.tf');
    file('plugins/readme.txt');
    expect(changes(await run(false))).toEqual({ v3: 'added' });
    await expect(run(false, path.join(directory, 'nowhere'))).rejects.toMatchObject({
      code: 'catalogue.bucket_unreadable',
    });
    const empty = path.join(directory, 'plugins');
    await expect(run(false, empty)).rejects.toThrow('There is no version in');
  });
});
