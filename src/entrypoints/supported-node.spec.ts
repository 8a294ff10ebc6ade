import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unsupportedReason } from './supported-node.js';

describe('the oldest supported Node', () => {
  it('is the one package.json names', () => {
    const { engines } = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    const [major = 0, minor = 0] = engines.node.replace('>=', '').split('.').map(Number);
    expect(unsupportedReason(`${major}.${minor}.0`)).toBeNull();
    expect(unsupportedReason(`${major}.${minor - 1}.9`)).toContain(`needs Node ${major}.${minor} or newer`);
  });

  it('admits every newer major version, whatever its minor', () => {
    expect(unsupportedReason('24.0.0')).toBeNull();
    expect(unsupportedReason('18.20.8')).toContain('this is 18.20.8');
  });
});
