import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesiseLocalCluster } from './local-cluster.js';

const inputs = { organizationName: 'lab', nodes: 2, clusterVersion: 'latest', isPublic: false, delaySeconds: 0 };

describe('synthesiseLocalCluster', () => {
  it('gives the same text for the same inputs, whatever was synthesised before', () => {
    const text = synthesiseLocalCluster(inputs);
    expect(synthesiseLocalCluster({ ...inputs, nodes: 3 })).not.toBe(text);
    expect(synthesiseLocalCluster(inputs)).toBe(text);
  });

  it('brings nodes up after the machines they talk to, so that no end of those stores them half done', () => {
    const stack = JSON.parse(synthesiseLocalCluster(inputs)) as {
      resource: { terraform_data: { node: { depends_on: string[] } } };
    };
    expect(stack.resource.terraform_data.node.depends_on.toSorted()).toEqual(
      ['ilb', 'manager', 'monitor'].map((name) => `terraform_data.${name}`),
    );
  });

  it('writes nothing into the working directory, which may be read-only', () => {
    const before = process.cwd();
    const directory = mkdtempSync(join(tmpdir(), 'ps-server-cwd-'));
    try {
      process.chdir(directory);
      synthesiseLocalCluster(inputs);
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      process.chdir(before);
      rmSync(directory, { recursive: true });
    }
  });
});
