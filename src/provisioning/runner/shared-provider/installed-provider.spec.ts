import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunWorkdir } from '../run-workdir.js';
import { onlyInstalledProvider } from './installed-provider.js';

const AWS = 'registry.terraform.io/hashicorp/aws';
const entry = (source: string, more = ''): string => `provider "${source}" {\n  version = "6.25.0"\n${more}}\n`;

describe('the provider of a working directory', () => {
  let root: string;
  let workdir: RunWorkdir;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ps-installed-'));
    workdir = new RunWorkdir(root, 'organization', 'run');
    workdir.create('');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const lock = (...entries: string[]): void => {
    workdir.write('.terraform.lock.hcl', `# Maintained automatically by "terraform init".\n\n${entries.join('\n')}`);
  };
  const install = (...files: string[]): string => {
    const mirror = join(root, 'mirror');
    mkdirSync(mirror, { recursive: true });
    for (const file of files) writeFileSync(join(mirror, file), '');
    const version = join(workdir.directory, '.terraform/providers', AWS, '6.25.0');
    mkdirSync(version, { recursive: true });
    symlinkSync(mirror, join(version, 'linux_amd64'));
    return join(version, 'linux_amd64');
  };

  it.each(['terraform-provider-aws', 'terraform-provider-aws_v6.25.0_x5'])('is %s, where init put it', (name) => {
    lock(entry(AWS, '  constraints = "6.25.0"\n  hashes = [\n    "h1:abc=",\n  ]\n'));
    const directory = install('LICENSE.txt', 'terraform-provider-awscc_v1.0.0', name);
    expect(onlyInstalledProvider(workdir)).toEqual({ source: AWS, binary: join(directory, name) });
  });

  it('is none where there are none, several, or not what the lock file says', () => {
    expect(onlyInstalledProvider(workdir)).toBeNull();
    lock(entry(AWS));
    expect(onlyInstalledProvider(workdir)).toBeNull();
    install('terraform-provider-awscc_v1.0.0');
    expect(onlyInstalledProvider(workdir)).toBeNull();
  });

  it('is none of several', () => {
    install('terraform-provider-aws_v6.25.0');
    lock(entry(AWS), entry('registry.terraform.io/hashicorp/null'));
    expect(onlyInstalledProvider(workdir)).toBeNull();
    lock(entry(AWS));
    expect(onlyInstalledProvider(workdir)).not.toBeNull();
  });
});
