import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EcsWorld, SECRETS } from '../../support/ecs-world.js';
import { awsError, CLUSTER_ARN, type FakeEcs, SESSION, TASK_ARN, TASK_ID } from '../../support/fake-ecs.js';
import { type FakePlugin } from '../../support/fake-plugin.js';
import { type Outcome } from '../../support/psctl-in-process.js';

describe('psctl ecs run', () => {
  let world: EcsWorld;
  let ecs: FakeEcs;
  let plugin: FakePlugin;
  let directory: string;
  beforeEach(async () => {
    world = await EcsWorld.start();
    ({ ecs, plugin, directory } = world);
  });
  afterEach(() => world.stop());

  const psctl = (...words: string[]): Promise<Outcome> => world.psctl(...words);
  /** As root of the container, so that what the test runs on need not be root. */
  const run = (...words: string[]): Promise<Outcome> => psctl('run', '--user', 'root', ...words);

  describe('run', () => {
    it('prints what the command prints and nothing else, and ends with its exit code', async () => {
      const outcome = await run('--', 'sh', '-c', 'echo one; echo two >&2; printf three; exit 7');
      expect(outcome.stdout).toBe('one\ntwo\nthree');
      expect(outcome.exitCode).toBe(7);
      expect(outcome.stderr).not.toMatch(/session/i);
    });

    it.each([true, false])('gives bytes as they are, with returns of a terminal: %s', async (hasReturns) => {
      plugin.play.hasReturns = hasReturns;
      const outcome = await run('--', 'printf', 'a\\r\\nb\\r\\r\\n\\n\\nend\\n');
      expect(outcome.stdout).toBe('a\r\nb\r\r\n\n\nend\n');
      expect(outcome.exitCode).toBe(0);
    });

    it.each([
      [
        "it's",
        '"quoted"',
        '$HOME',
        '`id`',
        '\\',
        '',
        ' ',
        '*',
        '#',
        'a\nb',
        '-n',
        '--',
        ';',
        '$(exit 3)',
        '\u00e9\u4e16',
      ],
      ["'", "''", "'\\''", '\\n', '!', '~', '&&', '|', '>x'],
    ])('hands words over as they are', async (...words) => {
      const outcome = await run(
        '--',
        process.execPath,
        '-e',
        'console.log(JSON.stringify(process.argv.slice(1)))',
        '--',
        ...words,
      );
      expect(JSON.parse(Buffer.from(outcome.stdout).toString())).toEqual(words);
    });

    it('calls the plugin as it wants to be called, with one set of credentials and no other secret', async () => {
      await run('--', 'true');
      const [call] = plugin.calls();
      expect(call!.arguments).toEqual([
        'AWS_SSM_START_SESSION_RESPONSE',
        'us-west-2',
        'StartSession',
        '',
        JSON.stringify({ Target: `ecs:ps-lab_${TASK_ID}_${TASK_ID}-1` }),
        'https://ssm.us-west-2.amazonaws.com',
      ]);
      const { AWS_SSM_START_SESSION_RESPONSE: session, ...environment } = call!.environment;
      expect(JSON.parse(session!)).toEqual(SESSION);
      expect(environment).toMatchObject({
        ...{ AWS_ACCESS_KEY_ID: 'ASIAANN', AWS_SECRET_ACCESS_KEY: 'secret-of-ann', AWS_SESSION_TOKEN: 'token-of-ann' },
        ...{ AWS_REGION: 'us-west-2', AWS_CONFIG_FILE: '/dev/null', TERM: 'xterm' },
      });
      expect(Object.keys(environment).filter((name) => name.startsWith('PS_'))).toEqual([]);
      expect(ecs.inputs('ExecuteCommand')[0]).toMatchObject({
        ...{ cluster: CLUSTER_ARN, task: TASK_ARN, container: 'ps-web', interactive: true },
      });
      expect(JSON.stringify(ecs.asked)).not.toMatch(SECRETS);
    });

    it('gives an old plugin the session as an argument, and the endpoint that is configured', async () => {
      plugin.play.version = '1.2.463.0';
      process.env.AWS_ENDPOINT_URL_SSM = 'https://vpce.example.org';
      const outcome = await run('--', 'true');
      const [call] = plugin.calls();
      expect(JSON.parse(call!.arguments[0]!)).toEqual(SESSION);
      expect(call!.arguments[5]).toBe('https://vpce.example.org');
      expect(call!.environment).not.toHaveProperty('AWS_SSM_START_SESSION_RESPONSE');
      expect(outcome.stderr).toContain('others on this machine can read');
    });

    it('runs as the user of the application, with what the container has for that', async () => {
      plugin.hasUser('/home/reg_user', 'echo "setpriv $1 $2 $3 HOME=$HOME"; shift 4; exec "$@"');
      const outcome = await psctl('run', '--', 'sh', '-c', 'echo "as $1"; exit 4', 'x', "it's");
      expect(outcome.stdout).toBe(
        "setpriv --reuid=reg_user --regid=10001 --init-groups HOME=/home/reg_user\nas it's\n",
      );
      expect(outcome.exitCode).toBe(4);
      const unknown = await psctl('run', '--user', 'nobody-here', '--', 'true');
      expect(unknown).toMatchObject({
        exitCode: 126,
        stdout: expect.stringContaining('no user nobody-here') as unknown,
      });
    });

    it('says what the plugin said when it did not connect, and ends with 255', async () => {
      plugin.play.ending = 'cannot connect';
      const outcome = await run('--', 'true');
      expect(outcome).toMatchObject({ exitCode: 255, stdout: '' });
      expect(outcome.stderr).toContain('Cannot perform start session: dial tcp');
    });

    it('prints what there is, and ends with 255, when the session breaks off', async () => {
      plugin.play.ending = 'breaks off';
      const outcome = await run('--', 'sh', '-c', 'echo last words; sleep 30');
      expect(outcome.stdout).toBe('last words\n');
      expect(outcome.exitCode).toBe(255);
      expect(outcome.stderr).toContain('ended before the command did');
    });

    it('ends the session when it takes too long', async () => {
      plugin.play.ending = 'hangs';
      const outcome = await run('--timeout', '1', '--', 'true');
      expect(outcome.exitCode).toBe(255);
      expect(outcome.stderr).toContain('Ended after 1 s');
      expect(ecs.inputs('TerminateSession')).toEqual([{ SessionId: SESSION.sessionId }]);
    });

    it('ends the session when the plugin cannot be started', async () => {
      plugin.write('exit 0');
      // Between the check and the call somebody removes it.
      const opened = ecs.answers.get('ExecuteCommand') as (input: Record<string, unknown>) => Record<string, unknown>;
      ecs.answers.set('ExecuteCommand', (input) => {
        rmSync(join(directory, 'bin', 'session-manager-plugin'));
        return opened(input);
      });
      const outcome = await run('--', 'true');
      expect(outcome).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining('could not be started') as unknown,
      });
      expect(ecs.inputs('TerminateSession')).toEqual([{ SessionId: SESSION.sessionId }]);
    });

    it('opens no session in which something stands in the way, and says what', async () => {
      world.change('DescribeTasks', 'tasks', { enableExecuteCommand: false });
      const outcome = await run('--', 'true');
      expect(outcome.exitCode).toBe(255);
      expect(outcome.stderr).toContain('exec.task.flag: The task was started without ECS Exec');
      expect(ecs.inputs('ExecuteCommand')).toEqual([]);
    });

    it('says what to do when ECS refuses', async () => {
      ecs.answers.set('ExecuteCommand', awsError('TargetNotConnectedException', 'The execute command failed'));
      const outcome = await run('--', 'true');
      expect(outcome.exitCode).toBe(254);
      expect(outcome.stderr).toContain('no connection to AWS. psctl ecs check says why');
    });

    it('wants to be told what to run', async () => {
      expect(await psctl('run')).toMatchObject({
        exitCode: 252,
        stderr: expect.stringContaining('Say what to run') as unknown,
      });
      expect((await psctl('run', '--timeout', 'soon', '--', 'true')).exitCode).toBe(252);
      expect((await psctl('run', '--pull', 'x', '--', 'true')).exitCode).toBe(252);
      expect((await psctl('run', '--task', 'a', '--service', 'b', '--', 'true')).exitCode).toBe(252);
      expect((await psctl('run', '--no-such-option')).exitCode).toBe(252);
    });
  });

  describe('run --pull', () => {
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
    const remote = () => join(directory, 'remote file.bin');
    const local = () => join(directory, 'local.bin');
    beforeEach(() => {
      writeFileSync(remote(), content);
    });

    it('copies a file as it is, readable for its owner only', async () => {
      const outcome = await run('--pull', `${remote()}:${local()}`, '--', 'echo', 'done');
      expect(outcome).toMatchObject({ exitCode: 0, stdout: 'done\n' });
      expect(readFileSync(local())).toEqual(content);
      expect(statSync(local()).mode & 0o777).toBe(0o600);
      expect(outcome.stderr).toContain(`5000 bytes of ${remote()} are in ${local()}`);
    });

    it('replaces nothing without being told to', async () => {
      writeFileSync(local(), 'mine');
      const outcome = await run('--pull', `${remote()}:${local()}`);
      expect(outcome).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('is there already') as unknown });
      expect(readFileSync(local(), 'utf8')).toBe('mine');
      expect((await run('--force', '--pull', `${remote()}:${local()}`)).exitCode).toBe(0);
      expect(readFileSync(local())).toEqual(content);
    });

    it('writes nothing that is not what the container has', async () => {
      plugin.program('base64', 'echo bm90IGl0');
      const outcome = await run('--pull', `${remote()}:${local()}`);
      expect(outcome).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('checksums') as unknown });
      expect(existsSync(local())).toBe(false);
    });

    it('says when there is no such file, and copies nothing after a command that failed', async () => {
      const missing = await run('--pull', `/no/such/file:${local()}`);
      expect(missing).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining('There is no file /no/such/file') as unknown,
      });
      expect((await run('--pull', `${remote()}:${local()}`, '--', 'false')).exitCode).toBe(1);
      expect((await run('--pull', `${remote()}:/no/such/directory/x`)).stderr).toContain('There is no directory');
      expect(existsSync(local())).toBe(false);
    });
  });
});
