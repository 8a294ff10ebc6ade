import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { type ExecReport } from '../../../src/operations/ecs-exec/ecs-exec.types.js';
import { awsError, CLUSTER_ARN, FakeEcs, SESSION, TASK_ARN, TASK_ID } from '../../support/fake-ecs.js';
import { FakePlugin } from '../../support/fake-plugin.js';
import { type Outcome, psctlIn } from '../../support/psctl-in-process.js';

/** Commands of this kind open no services. */
const NO_SERVICES = { get: () => undefined } as unknown as INestApplicationContext;
const SECRETS = /secret-of-ann|token-of-ann|token-of-the-session|jwt-secret-of-the-service/;

describe('psctl ecs', () => {
  const before = { ...process.env };
  let ecs: FakeEcs;
  let directory: string;
  let plugin: FakePlugin;
  beforeEach(async () => {
    ecs = await FakeEcs.start();
    directory = mkdtempSync(join(tmpdir(), 'ps-ecs-'));
    plugin = new FakePlugin(directory);
    for (const name of Object.keys(process.env)) if (/^(AWS|PS)_/.test(name)) Reflect.deleteProperty(process.env, name);
    const keys = {
      AWS_ACCESS_KEY_ID: 'ASIAANN',
      AWS_SECRET_ACCESS_KEY: 'secret-of-ann',
      AWS_SESSION_TOKEN: 'token-of-ann',
    };
    const closed = {
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    Object.assign(process.env, keys, closed, {
      AWS_ENDPOINT_URL: ecs.endpoint,
      PATH: plugin.path,
      PS_ECS_CLUSTER: 'ps-lab',
    });
    Object.assign(process.env, { PS_JWT_SECRET: 'jwt-secret-of-the-service', TERM: 'xterm' });
    // What ECS is asked to run is what the plugin then runs.
    const opened = ecs.answers.get('ExecuteCommand') as Record<string, unknown>;
    ecs.answers.set('ExecuteCommand', (input) => {
      plugin.command = String(input.command);
      return opened;
    });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await ecs.stop();
    rmSync(directory, { recursive: true });
  });

  const psctl = (...words: string[]): Promise<Outcome> => {
    plugin.ready();
    return psctlIn(NO_SERVICES, ['ecs', ...words]);
  };
  /** As root of the container, so that what the test runs on need not be root. */
  const run = (...words: string[]): Promise<Outcome> => psctl('run', '--user', 'root', ...words);
  const change = (action: string, list: string, fields: Record<string, unknown>): void => {
    const answer = ecs.answers.get(action) as Record<string, Record<string, unknown>[]>;
    Object.assign(answer[list]![0]!, fields);
  };

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
      plugin.program(
        'id',
        'case "$*" in -u) echo 0;; "-u reg_user") echo 10001;; "-g reg_user") echo 10001;; *) exit 1;; esac',
      );
      plugin.program('getent', 'echo reg_user:x:10001:10001::/home/reg_user:/bin/sh');
      plugin.program('setpriv', 'echo "setpriv $1 $2 $3 HOME=$HOME"; shift 4; exec "$@"');
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
      const outcome = await run('--', 'sh', '-c', `echo ${'x'.repeat(300)}; sleep 30`);
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
      const { command } = { command: 'DescribeTasks' };
      const tasks = ecs.answers.get(command) as Record<string, unknown>;
      // Between the check and the call somebody removes it.
      const opened = ecs.answers.get('ExecuteCommand') as (input: Record<string, unknown>) => Record<string, unknown>;
      ecs.answers.set('ExecuteCommand', (input) => {
        rmSync(join(directory, 'bin', 'session-manager-plugin'));
        return opened(input);
      });
      const outcome = await run('--', 'true');
      expect(tasks).toBeDefined();
      expect(outcome).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining('could not be started') as unknown,
      });
      expect(ecs.inputs('TerminateSession')).toEqual([{ SessionId: SESSION.sessionId }]);
    });

    it('opens no session in which something stands in the way, and says what', async () => {
      change('DescribeTasks', 'tasks', { enableExecuteCommand: false });
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

  describe('check', () => {
    const reportOf = ({ stdout }: Outcome) => JSON.parse(stdout) as ExecReport;

    it('reports what it may not look at as unknown, with the permission, and does not fail for that', async () => {
      const outcome = await psctl('check', '--json');
      const { checks, summary, target } = reportOf(outcome);
      const status = Object.fromEntries(checks.map(({ id, status: found }) => [id, found]));
      expect(status).toMatchObject({
        ...{
          'exec.client.plugin': 'pass',
          'exec.cluster': 'pass',
          'exec.task.pick': 'pass',
          'exec.container.agent': 'pass',
        },
        ...{ 'exec.role.present': 'unknown', 'exec.audit.sink': 'unknown', 'exec.caller.execute': 'unknown' },
      });
      expect(checks.find(({ id }) => id === 'exec.caller.execute')!.evidence.permission).toBe(
        'iam:SimulatePrincipalPolicy',
      );
      expect(checks.find(({ id }) => id === 'exec.role.present')!.evidence.permission).toBe('iam:GetRole');
      expect([summary.fail, outcome.exitCode]).toEqual([0, 0]);
      expect(target).toEqual({
        cluster: 'ps-lab',
        service: 'ps-web',
        task: null,
        container: 'ps-web',
        region: 'us-west-2',
      });
      expect((await psctl('check', '--strict')).exitCode).toBe(2);
    });

    it('ends with 1 when something is wrong, and says what to do', async () => {
      change('DescribeServices', 'services', { enableExecuteCommand: false });
      const outcome = await psctl('check');
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stdout).toMatch(/FAIL {2}exec\.service\.flag .*\n\s+-> Set enableExecuteCommand/);
    });

    it('takes the names of a domain, or what is said', async () => {
      await psctl('check', '--domain', 'testsliderule.org', '--json');
      expect(ecs.inputs('DescribeServices')[0]).toMatchObject({ cluster: 'ps-testsliderule', services: ['ps-web'] });
      const { target } = reportOf(
        await psctl('check', '--cluster', 'c', '--task', TASK_ID, '--container', 'x', '--json'),
      );
      expect(target).toMatchObject({ cluster: 'c', service: null, task: TASK_ID, container: 'x' });
      expect((await psctl('check', '--domain', 'no domain')).exitCode).toBe(252);
      Reflect.deleteProperty(process.env, 'PS_ECS_CLUSTER');
      expect(await psctl('check')).toMatchObject({
        exitCode: 252,
        stderr: expect.stringContaining('PS_ECS_CLUSTER') as unknown,
      });
    });

    it.each([
      ['ExpiredTokenException', 253, 'Log in again'],
      ['UnrecognizedClientException', 253, 'does not take these credentials'],
      ['InternalFailure', 254, 'AWS was asked'],
    ])(
      'ends for %s with %i',
      async (refusal, exitCode, text) => {
        ecs.refusal = refusal;
        const outcome = await psctl('check', '--json');
        expect(outcome).toMatchObject({ exitCode, stdout: '' });
        expect((JSON.parse(outcome.stderr) as { error: string }).error).toContain(text);
      },
      30_000,
    );

    it('ends with 253 when there are no credentials', async () => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
        Reflect.deleteProperty(process.env, name);
      expect(await psctl('check')).toMatchObject({
        exitCode: 253,
        stderr: expect.stringContaining('no usable AWS credentials') as unknown,
      });
    });

    it('shows no secret', async () => {
      const { stdout, stderr } = await psctl('check', '--json');
      expect(stdout + stderr).not.toMatch(SECRETS);
    });
  });

  it('opens a prompt as the user of the application', async () => {
    const outcome = await psctl('shell', '--user', 'root');
    expect(outcome.exitCode).toBe(0);
    expect(ecs.inputs('ExecuteCommand')[0]!.command).toMatch(/^'\/bin\/sh' '-c' .* 'sh' 'root'$/s);
    await psctl('shell');
    expect(ecs.inputs('ExecuteCommand')[1]!.command).toMatch(/'sh' 'reg_user'$/);
  });

  describe('task', () => {
    beforeEach(() => {
      const stopped = { taskArn: TASK_ARN, lastStatus: 'STOPPED', containers: [{ name: 'ps-web', exitCode: 3 }] };
      ecs.answers.set('RunTask', { tasks: [{ taskArn: TASK_ARN, lastStatus: 'PROVISIONING' }] });
      ecs.answers.set('DescribeTasks', { tasks: [stopped] });
      ecs.answers.set('GetLogEvents', { events: [{ message: 'first' }, { message: 'last' }] });
    });

    it('runs a command in a task like those of the service, and ends with its exit code', async () => {
      const outcome = await psctl('task', '--', 'psctl', 'list-orgs', '--json');
      expect(outcome).toMatchObject({ exitCode: 3, stdout: 'first\nlast\n' });
      expect(outcome.stderr).toMatch(/PROVISIONING\nSTOPPED\nTask \w+ ended with exit code 3\.\n/);
      expect(ecs.inputs('RunTask')[0]).toMatchObject({
        ...{ cluster: 'ps-lab', taskDefinition: 'ps-web:1', launchType: 'FARGATE', startedBy: 'psctl' },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
        overrides: { containerOverrides: [{ name: 'ps-web', command: ['psctl', 'list-orgs', '--json'] }] },
      });
      expect(ecs.inputs('GetLogEvents')[0]).toMatchObject({
        logGroupName: '/ps/web',
        logStreamName: `ps/ps-web/${TASK_ID}`,
      });
    }, 20_000);

    it('says why it was not started, or why it ended', async () => {
      ecs.answers.set('RunTask', { tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 254,
        stderr: expect.stringContaining('RESOURCE:MEMORY') as unknown,
      });
      const container = { name: 'ps-web', reason: 'CannotPullContainerError' };
      ecs.answers.set('RunTask', { tasks: [{ taskArn: TASK_ARN, lastStatus: 'STOPPED', containers: [container] }] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining('CannotPullContainerError') as unknown,
      });
      expect((await psctl('task', '--service', 'ps-web', '--container', 'x', '--', 'true')).exitCode).toBe(252);
      ecs.answers.set('DescribeServices', { services: [] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 252,
        stderr: expect.stringContaining('no active service ps-web') as unknown,
      });
    });
  });
});
