import { execFileSync } from 'node:child_process';
import { load } from 'js-yaml';
import { clusterInputs } from '../../test/support/cluster-inputs.js';
import { bootScript } from './boot-scripts.js';
import { HARDENED } from './cluster-inputs.js';
import { composeFileName, composeFiles } from './compose-files.js';
import { ROLES, type Role, SECRETS } from './machines.js';
import { constantValue, type TerraformText } from './terraform-text.js';

/** AWS takes no more user data. */
const MAX_USER_DATA_BYTES = 16_384;

interface Service {
  image: string;
  network_mode: string;
  restart: string;
  environment: string[] | Record<string, string>;
  healthcheck?: { test: string[] };
}

/** The script as a machine gets it, with a value for each secret Terraform would put in. */
function script(role: Role, secretsAtBoot: boolean): string {
  const text = bootScript(role, clusterInputs(), secretsAtBoot ? null : 'secrets');
  return constantValue(text.replace(/\$\{base64encode\(secrets\.\w+\)\}/g, 'c2VjcmV0') as TerraformText);
}

function services(role: Role): Record<string, Service> {
  const text = constantValue(composeFiles(clusterInputs())[composeFileName(role)]!);
  return (load(text) as { services: Record<string, Service> }).services;
}

describe('boot scripts', () => {
  describe.each(ROLES)('of the %s', (role) => {
    it.each([true, false])(
      'are what bash understands, small enough, and stop at errors (secrets at boot: %s)',
      (atBoot) => {
        const text = script(role, atBoot);
        execFileSync('bash', ['-n'], { input: text });
        expect(text).toMatch(/^#!\/bin\/bash\n/);
        expect(text).toContain('\nset -euo pipefail\n');
        expect(Buffer.byteLength(text)).toBeLessThan(MAX_USER_DATA_BYTES);
        expect(text).not.toContain('@@');
      },
    );

    it('set everything the services take from the environment', () => {
      const wanted = Object.values(services(role)).flatMap(({ image, environment }) => [
        ...[...image.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name),
        ...(Array.isArray(environment) ? environment : []),
      ]);
      const exports = [...script(role, true).matchAll(/^export ([A-Z0-9_ ]+)$/gm)].flatMap(([, names = '']) =>
        names.split(' '),
      );
      expect([...new Set(wanted)].filter((name) => !exports.includes(name))).toEqual([]);
    });
  });

  it('name only secrets a machine needs', () => {
    const needed = (role: Role): string[] =>
      SECRETS.filter((name) => bootScript(role, clusterInputs(), 'secrets').includes(`secrets.${name}`));
    expect(Object.fromEntries(ROLES.map((role) => [role, needed(role)]))).toEqual({
      ilb: ['jwt_secret_key'],
      manager: ['manager_secret_salt', 'manager_api_key'],
      monitor: ['client_id', 'client_secret'],
      node: [],
    });
  });

  it('do not fetch secrets for nodes', () => {
    const fetching = ROLES.filter((role) =>
      bootScript(role, clusterInputs({ hardening: HARDENED }), null).includes('get-secret-value'),
    );
    expect(fetching).toEqual(['ilb', 'manager', 'monitor']);
  });
});

describe('compose files', () => {
  it.each([
    ['ilb', ['autoheal', 'ilb'], 'http://localhost:8050/discovery/health'],
    ['manager', ['autoheal', 'manager'], null],
    ['monitor', ['autoheal', 'monitor', 'proxy'], null],
    ['node', ['ams', 'autoheal', 'sliderule'], 'http://localhost:9081/source/health'],
  ] as const)('of the %s run its services', (role, names, health) => {
    const found = services(role);
    expect(Object.keys(found).sort()).toEqual(names);
    for (const service of Object.values(found))
      expect(service).toMatchObject({ network_mode: 'host', restart: 'always' });
    expect(found.autoheal).toMatchObject({ image: 'willfarrell/autoheal:1.2.0' });
    const tests = Object.values(found).flatMap(({ healthcheck }) => healthcheck?.test.at(-1) ?? []);
    expect(tests).toEqual(health === null ? [] : [health]);
  });
});
