import { runPlugin } from './run-plugin.js';

const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;
const listeners = (): number[] => SIGNALS.map((name) => process.listenerCount(name));

describe('runPlugin', () => {
  const call = (script: string, environment: Record<string, string> = {}) => ({
    ...{ path: '/bin/sh', arguments: ['-c', script], environment },
  });

  it('leaves signals of the terminal to the remote program, and input open, until the plugin ends', async () => {
    const before = listeners();
    const output: string[] = [];
    const ending = new AbortController();
    let during: number[] = [];
    const onOutput = (chunk: Buffer): void => {
      output.push(chunk.toString());
      during = listeners();
      ending.abort();
    };
    // It ends by itself only when its input does.
    const running = runPlugin(call('echo ready; exec cat'), {
      ...{ mode: { kind: 'piped', onOutput }, environment: { PATH: process.env.PATH ?? '' }, signal: ending.signal },
    });
    await running;
    expect(output.join('')).toBe('ready\n');
    expect(during).toEqual(before.map((count) => count + 1));
    expect(listeners()).toEqual(before);
  });

  it('gives it the environment it is told, and nothing of ours', async () => {
    process.env.PS_RUN_PLUGIN_TEST = 'never-shown';
    const output: Buffer[] = [];
    try {
      await runPlugin(call('exec /usr/bin/env', { SESSION: 's' }), {
        mode: { kind: 'piped', onOutput: (chunk) => output.push(chunk) },
        ...{ environment: { KEY: 'k' }, signal: new AbortController().signal },
      });
    } finally {
      Reflect.deleteProperty(process.env, 'PS_RUN_PLUGIN_TEST');
    }
    const names = Buffer.concat(output)
      .toString()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['KEY', 'SESSION']));
    expect(names.filter((name) => !['KEY', 'SESSION', 'PWD', 'SHLVL', '_', 'OLDPWD', ''].includes(name ?? ''))).toEqual(
      [],
    );
  });

  it('fails when there is no such program, and listens to signals no more', async () => {
    const before = listeners();
    const options = { environment: {}, signal: new AbortController().signal };
    const missing = { path: '/no/such/plugin', arguments: [], environment: {} };
    await expect(
      runPlugin(missing, { mode: { kind: 'piped', onOutput: () => undefined }, ...options }),
    ).rejects.toThrow('ENOENT');
    expect(listeners()).toEqual(before);
  });
});
