import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { describeWhere } from '../support/describe-where.js';
import { findAwsSimulator } from '../support/aws-simulator.js';
import { hasMoto } from '../support/moto-server.js';
import { findTerraform } from '../support/terraform-available.js';
import { Walkthrough } from './support/walkthrough.js';
import { CODE, DOMAIN, OperatorWorld, PASSWORDS } from './support/operator-world.js';

jest.setTimeout(300_000);

const describeWithAll = describeWhere(
  findTerraform() !== null && findAwsSimulator() !== null && hasMoto && spawnSync('script', ['--version']).status === 0,
  'Terraform, the simulated AWS provider, moto_server or script is not here',
);
const DEPLOY = `--domain ${DOMAIN} --state-bucket ps-states`;
const PROMPT = 'reg_user$ ';

/**
 * docs/operations.md from an access key to a research group with a cluster, in the order of the operating notes of the
 * old system. WALKTHROUGH_TRANSCRIPT names a file for what was typed and said.
 */
describeWithAll('the runbook, step by step', () => {
  let world: OperatorWorld;
  const walk = new Walkthrough();
  beforeAll(async () => {
    world = await OperatorWorld.start();
  }, 120_000);
  afterAll(async () => {
    const { WALKTHROUGH_TRANSCRIPT: file } = process.env;
    if (file) walk.save(file);
    await world.stop();
  });

  it('leads from a long-term key to a cluster of a research group, and back', async () => {
    const { laptop, sources } = world;

    walk.chapter('"Use this aws cli command to obtain credentials": a session with a second factor');
    await walk.run('psctl creds login --source-profile ann --code-stdin', laptop, { input: `${CODE}\n` });
    expect(await walk.run('psctl creds status', laptop)).toMatch(/session, \[default\][^]*123456789012/);
    await walk.run('psctl creds doctor', laptop);
    expect(world.credentialsFile()).toMatch(/^# keys of ann[^]*\[default\][^]*aws_session_token/);

    walk.chapter('"AWS RDS deploy": the installation, with an empty database');
    await walk.run(`psctl deploy secrets --domain ${DOMAIN}`, laptop);
    await walk.run(`psctl deploy plan ${DEPLOY}`, laptop, { exitCode: 2 });
    const unasked = await walk.run(`psctl deploy apply ${DEPLOY}`, laptop, { exitCode: 3 });
    expect(unasked).toContain('Nobody agreed, so nothing was changed.');
    await walk.run(`psctl deploy apply ${DEPLOY}`, laptop, { talk: [['Type yes', 'yes\r']] });
    expect(await walk.run(`psctl deploy plan ${DEPLOY}`, laptop)).toContain('Nothing has to be changed');
    expect(await world.stateObjects()).toEqual([expect.stringContaining(DOMAIN)]);

    walk.chapter('"This file is run every time the container is run": migrations at every start');
    expect(await world.startContainer(walk)).toMatch(/Applied \d+ migrations/);
    expect(await world.startContainer(walk)).toContain('up to date');

    walk.chapter('"Consider not using --noinput": a developer is told what a change of the schema asks');
    const make = 'psctl db make --from-migrations --directory migrations';
    expect(await walk.run(`${make} --check`, laptop)).toContain('declares');
    world.declareColumn('phone text NOT NULL');
    await walk.run(`${make} --check`, laptop, { exitCode: 1 });
    const asked = await walk.run(`${make} --name add-phone --no-input`, laptop, { exitCode: 3 });
    expect(asked).toContain('phone');
    walk.note('nothing was written, and no container would have changed the schema');

    walk.chapter('"The exec checker allows you to verify your accessibility"');
    const check = 'make -o build ecs-ps-web-check-testsliderule';
    expect(await walk.run(check, sources, { exitCode: 2, isWhole: true })).toMatch(
      /FAIL +exec\.role\.present.*\n.*-> /,
    );
    await world.createTaskRole();
    expect(await walk.run(check, sources)).toContain(' 0 failed');

    walk.chapter('"See the make target", "su reg_user", "manage.py --help", "one time initialization"');
    const shell = await walk.run('make -o build ecs-ps-web-shell-testsliderule', sources, {
      talk: [
        [PROMPT, 'psctl --help\r'],
        [PROMPT, 'psctl init\r'],
        ['sername', 'root\r'],
        ['mail', 'root@example.org\r'],
        ['assword', `${PASSWORDS.root}\r`],
        ['(again)', `${PASSWORDS.root}\r`],
        [PROMPT, 'psctl init\r'],
        [PROMPT, 'psctl create-user --username dev --email dev@example.org --staff --group PS_Developer\r'],
        ['assword', `${PASSWORDS.dev}\r`],
        ['(again)', `${PASSWORDS.dev}\r`],
        [PROMPT, 'psctl create-user --username ben --email ben@example.org\r'],
        ['assword', `${PASSWORDS.ben}\r`],
        ['(again)', `${PASSWORDS.ben}\r`],
        [PROMPT, 'psctl create-org field-lab --owner ben --target aws --max-nodes 5 --balance 250.00\r'],
        [PROMPT, 'exit\r'],
      ],
    });
    expect(shell).toContain('User ben created.');

    walk.chapter('"Must have at least the privileges needed": the preflight, where clusters are built');
    const remote = `psctl ecs run --domain ${DOMAIN} --`;
    expect(await walk.run(`${remote} psctl creds preflight --organization field-lab`, laptop)).toContain('0 denied');
    world.deny('ec2:RunInstances');
    const denied = await walk.run(`${remote} psctl creds preflight --organization field-lab`, laptop, { exitCode: 1 });
    expect(denied).toMatch(/denied +ec2:RunInstances/);
    world.allow('ec2:RunInstances');
    await walk.run("make -o build ecs-ps-web-run-testsliderule CMD='psctl list-orgs'", sources);

    walk.chapter('Accounts are what the notes say: a superuser, staff, and members who are neither');
    expect(await world.whoMayAdminister(walk)).toEqual({ root: 200, dev: 200, ben: 403 });

    walk.chapter('A client of the old system asks for nodes, and gives them back');
    await world.useNodes(walk, 'field-lab', 2);

    walk.chapter('Upgrade: another image, the same database');
    await walk.run(`psctl deploy apply ${DEPLOY} --yes --image ${world.nextImage}`, laptop);
    expect(await world.startContainer(walk)).toContain('up to date');

    walk.chapter('The end of the day');
    await walk.run('psctl creds logout', laptop);
    await walk.run('psctl creds status', laptop, { exitCode: 253 });
    for (const secret of world.secrets()) expect(walk.transcript).not.toContain(secret);
    expect(walk.transcript).not.toContain('NodeVersionSupportWarning');
  });
});
