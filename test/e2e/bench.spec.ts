import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describeWithAwsSimulator } from '../support/aws-simulator.js';

const BENCH = fileURLToPath(new URL('../bench/bench.mjs', import.meta.url));

interface Report {
  suites: { name: string; skipped?: string; figures: unknown[] }[];
}

const bench = async (argv: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, ...argv], {
    env: { ...process.env, ...environment },
  });
  return stdout;
};

// What the figures are is for people to judge; that there are any is seen by .ci/run.
describe('the benchmark of clusters on AWS', () => {
  it('is skipped with the reason where Terraform is missing', async () => {
    const nowhere = { PATH: '' };
    expect(await bench(['aws'], nowhere)).toContain('skipped: neither terraform nor tofu is on the PATH.');
    const report = JSON.parse(await bench(['aws', '--json'], nowhere)) as Report;
    expect(report.suites).toMatchObject([{ name: 'aws', skipped: expect.any(String) as string, figures: [] }]);
  });

  describeWithAwsSimulator('with the simulated provider', () => {
    it('is skipped with the reason where that is not', async () => {
      const nowhere = { PS_AWS_PROVIDER_SIM: '/nowhere' };
      expect(await bench(['aws'], nowhere)).toContain('skipped: /nowhere has no AWS provider; name the folder');
    });
  });
});
