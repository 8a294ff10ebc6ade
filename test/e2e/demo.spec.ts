import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describeWithTerraform } from '../support/terraform-available.js';

const DEMO = fileURLToPath(new URL('../demo/demo.mjs', import.meta.url));
const LIMIT_MS = 120_000;

// That it succeeds is proven by running it (make demo); here is how it ends when it does not.
describe('the demo', () => {
  let directory: string;
  let demo: ChildProcess | null = null;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-server-demo-test-'));
    chmodSync(directory, 0o711);
  });
  afterEach(() => {
    demo?.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  /** Runs the demo, interrupted when it prints `interruptAt`; the exit code and all it printed. */
  const run = async (
    environment: NodeJS.ProcessEnv,
    interruptAt?: string,
  ): Promise<[number | null, string, string]> => {
    const child = spawn(process.execPath, [DEMO], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: directory, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    demo = child;
    child.stdout.on('data', (chunk: Buffer) => {
      if (interruptAt !== undefined && chunk.includes(interruptAt)) child.kill('SIGINT');
    });
    const [[exitCode], stdout, stderr] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    return [exitCode, stdout, stderr];
  };
  const expectNothingLeft = (): void => {
    expect(readdirSync(directory)).toEqual([]);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(directory);
  };

  it(
    'says what to install when there is no Terraform',
    async () => {
      const [exitCode, , stderr] = await run({ PS_TERRAFORM_BINARY: join(directory, 'terraform') });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^\nThe demo stopped. PS_TERRAFORM_BINARY is .*\n$/);
      expectNothingLeft();
    },
    LIMIT_MS,
  );

  it(
    'shows why the service did not start',
    async () => {
      const [exitCode, , stderr] = await run({ PS_LOCAL_DELAY_SECONDS: 'long' });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('The demo stopped. The service ended with exit code 1.');
      expect(stderr).toContain('PS_LOCAL_DELAY_SECONDS: Invalid input');
      expectNothingLeft();
    },
    LIMIT_MS,
  );

  describeWithTerraform('when it is interrupted', () => {
    it(
      'leaves nothing running, not even the Terraform in progress',
      async () => {
        const [exitCode, , stderr] = await run({ PS_LOCAL_DELAY_SECONDS: '60' }, 'applying');
        expect([exitCode, stderr]).toEqual([130, '\nThe demo stopped. Interrupted.\n']);
        expectNothingLeft();
      },
      LIMIT_MS,
    );
  });
});
