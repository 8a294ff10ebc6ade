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
