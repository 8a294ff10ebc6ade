import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describeWithAwsSimulator } from '../support/aws-simulator.js';

const BENCH = fileURLToPath(new URL('../bench/bench.mjs', import.meta.url));
const LIMIT_MS = 240_000;

interface Report {
  isQuick: boolean;
  suites: { name: string; skipped?: string; figures: { name: string; value: number; unit: string }[] }[];
}

const bench = async (argv: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, ...argv], {
    env: { ...process.env, ...environment },
  });
  return stdout;
};

// What the figures are is for people to judge; that there are any must not depend on somebody trying it.
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

    it(
      'measures one update, many at once, and the memory',
      async () => {
        const report = JSON.parse(await bench(['aws', '--quick', '--json'])) as Report;
        expect(report.isQuick).toBe(true);
        const figures = report.suites.flatMap((suite) => suite.figures);
        expect(figures.map(({ unit }) => unit)).toEqual(['ms', 'ms', 'runs/min', 'MB', 'runs/min']);
        expect(figures.filter(({ value }) => !(value > 0))).toEqual([]);
      },
      LIMIT_MS,
    );
  });
});
