import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeWhere } from '../support/describe-where.js';
import { Scenario } from './support/scenario.js';

const PSCTL = fileURLToPath(new URL('../../dist/src/entrypoints/psctl.js', import.meta.url));
/** Every write to it fails as on a full disk; Linux and the BSDs have it. */
const FULL = '/dev/full';
const describeWithFullDevice = describeWhere(existsSync(FULL), `${FULL} is not there`);

describe('psctl', () => {
  it('says nothing of a reader that has gone', async () => {
    const child = spawn(process.execPath, [PSCTL, 'config', '--example'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const closed = once(child, 'close') as Promise<[number | null]>;
    const [[exitCode], stderr] = await Promise.all([closed, text(child.stderr)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describeWithFullDevice('psctl without room for its output', () => {
  it('fails, and says so', async () => {
    const failing = promisify(execFile)('sh', [
      '-c',
      `"$0" "$@" > ${FULL}`,
      process.execPath,
      PSCTL,
      'config',
      '--example',
    ]);
    await expect(failing).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^What this command prints could not be written \(.*ENOSPC.*\n$/) as unknown,
    });
  });
});

describe('the service', () => {
  it('goes on, and stops in order, when nobody reads its log any more', async () => {
    const scenario = await Scenario.start();
    try {
      const { server } = scenario;
      server.closeLog();
      // It logs that it stops first, and does the rest of its work then.
      expect(await server.stop()).toBe(0);
    } finally {
      await scenario.close();
    }
  });
});
