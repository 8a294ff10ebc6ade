import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesiseCluster } from '../../../cdktf/cluster/cluster-stack.js';
import { repository } from '../../docs/repository.js';
import { clusterInputs } from '../../support/cluster-inputs.js';

const BINDINGS = 'node_modules/@cdktf/provider-aws';
const SYNTHESISE = `
  import { synthesiseCluster } from './dist/cdktf/cluster/cluster-stack.js';
  process.stdout.write(synthesiseCluster(JSON.parse(process.argv[1])));`;

describe('docker/prune-provider-bindings.mjs', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-server-prune-'));
    mkdirSync(join(directory, 'node_modules', '@cdktf'), { recursive: true });
    // Hard links: nothing is written into, and 374 MB need not be copied.
    execFileSync('cp', ['-al', repository.path(BINDINGS), join(directory, BINDINGS)]);
    for (const name of ['cdktf', 'constructs'])
      symlinkSync(repository.path(`node_modules/${name}`), join(directory, 'node_modules', name));
    cpSync(repository.path('package.json'), join(directory, 'package.json'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function prune(): { status: number | null; stdout: string; stderr: string } {
    const script = repository.path('docker/prune-provider-bindings.mjs');
    return spawnSync(process.execPath, [script, 'dist', BINDINGS], { cwd: directory, encoding: 'utf8' });
  }

  it('leaves what the build needs to make the same cluster, and little else', () => {
    cpSync(repository.path('dist/cdktf'), join(directory, 'dist', 'cdktf'), { recursive: true });
    const { status, stdout } = prune();
    expect(status).toBe(0);
    const [, before, after] = /files, ([\d.]+) MB -> \d+ files, ([\d.]+) MB/.exec(stdout) ?? [];
    expect(Number(before)).toBeGreaterThan(100);
    expect(Number(after)).toBeLessThan(15);
    expect(readdirSync(join(directory, BINDINGS, 'lib')).length).toBeLessThan(70);
    const inputs = clusterInputs();
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', SYNTHESISE, JSON.stringify(inputs)], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(made).toBe(synthesiseCluster(inputs));
  });

  it.each([
    ['import "@cdktf/provider-aws";', 'imports all of'],
    ['import "@cdktf/provider-aws/lib/no-such/index.js";', 'is not there'],
    ['export {};', 'nothing in'],
  ])('deletes nothing when the build says %s', (code, reason) => {
    mkdirSync(join(directory, 'dist'));
    writeFileSync(join(directory, 'dist', 'main.js'), code);
    const { status, stderr } = prune();
    expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
    expect(existsSync(join(directory, BINDINGS, 'lib', 'vpc', 'index.js'))).toBe(true);
    expect(existsSync(join(directory, BINDINGS, '.jsii'))).toBe(true);
  });
});

const hasZip = ['zip', 'unzip'].every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);

(hasZip ? describe : describe.skip)('docker/unpack-providers.sh (needs zip and unzip)', () => {
  it('turns a mirror of archives into an unpacked one nobody writes to', () => {
    const mirror = mkdtempSync(join(tmpdir(), 'ps-server-mirror-'));
    const provider = join(mirror, 'registry.terraform.io', 'hashicorp', 'aws');
    mkdirSync(provider, { recursive: true });
    const binary = 'terraform-provider-aws_v6.25.0_x5';
    writeFileSync(join(provider, binary), '', { mode: 0o755 });
    execFileSync('zip', ['-qm', 'terraform-provider-aws_6.25.0_linux_arm64.zip', binary], { cwd: provider });
    for (const name of ['index.json', '6.25.0.json']) writeFileSync(join(provider, name), '{}');
    execFileSync(repository.path('docker/unpack-providers.sh'), [mirror]);
    const listed = execFileSync('find', ['.', '-type', 'f', '-printf', '%p %m\n'], { cwd: mirror, encoding: 'utf8' });
    execFileSync('chmod', ['-R', 'u+w', mirror]);
    rmSync(mirror, { recursive: true });
    expect(listed).toBe(`./registry.terraform.io/hashicorp/aws/6.25.0/linux_arm64/${binary} 555\n`);
  });
});
