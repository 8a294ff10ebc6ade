import { existsSync } from 'node:fs';
import { type Dockerfile, DockerfileParser, type Entrypoint, type From, type JSONInstruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { CA_BUNDLE } from '../../../cdktf/service/database.js';
import { repository } from '../../docs/repository.js';

const SECRET_NAME = /(SECRET|PASSWORD|TOKEN|_KEY|CREDENTIAL)/;
/** Checksums are no secrets; everything else of that shape may be one. */
const PUBLIC_BUILD_ARGUMENTS = ['TERRAFORM_AMD64_SHA256', 'TERRAFORM_ARM64_SHA256'];

describe('docker/Dockerfile', () => {
  const text = repository.read('docker/Dockerfile');
  const dockerfile: Dockerfile = DockerfileParser.parse(text);
  const instructions = dockerfile.getInstructions();
  const last = (keyword: string) => instructions.filter((found) => found.getKeyword() === keyword).at(-1);

  it('has no mistake a linter knows', () => {
    expect(validate(text).map(({ message, range }) => ({ line: range.start.line + 1, message }))).toEqual([]);
    expect(validate('FROM node\nCOPPY a b')).not.toEqual([]);
  });

  it('is built from one base image of one release', () => {
    const base = /^ARG NODE_IMAGE=(.*)$/m.exec(text)?.[1];
    expect(base).toMatch(/^node:24\.\d+\.\d+-[a-z]+-slim$/);
    const images = dockerfile.getFROMs().map((from: From) => from.getImage());
    expect(new Set(images)).toEqual(new Set(['${NODE_IMAGE}']));
  });

  it('has the certificates of RDS where a deployment of the service looks for them', () => {
    expect(text).toMatch(new RegExp(`^COPY --from=terraform \\S+ ${CA_BUNDLE}$`, 'm'));
  });

  it('fills the compile cache where starts look for it, by commands that need no database', () => {
    const cache = dockerfile
      .getENVs()
      .flatMap((env) => env.getProperties())
      .find((property) => property.getName() === 'NODE_COMPILE_CACHE');
    expect(cache?.getValue()).toBe('/app/compile-cache');
    const filling = /^RUN PS_ENVIRONMENT=development node (\S+) show-urls/m.exec(
      text.slice(text.indexOf('/app/compile-cache')),
    );
    expect(existsSync(repository.path(filling?.[1] ?? 'not filled'))).toBe(true);
  });

  it('ends as somebody without rights, told as a number', () => {
    expect(last('USER')?.getArgumentsContent()).toBe('10001:10001');
    const after = instructions.slice(instructions.indexOf(last('USER')!) + 1).map((found) => found.getKeyword());
    expect(after).toEqual(['ENTRYPOINT', 'CMD']);
  });

  it('starts without a shell in between, under an init process', () => {
    const parts = (keyword: string): string[] =>
      (last(keyword) as JSONInstruction).getJSONStrings().map((part) => JSON.parse(part.getValue()) as string);
    expect((last('ENTRYPOINT') as Entrypoint).getJSONStrings()).not.toEqual([]);
    expect(parts('ENTRYPOINT')).toEqual(['tini', '--', '/app/docker/docker-entrypoint.sh']);
    expect(parts('CMD')).toEqual(['server']);
    expect(last('STOPSIGNAL')?.getArgumentsContent()).toBe('SIGTERM');
  });

  it('checks its health without another program', () => {
    expect(last('HEALTHCHECK')?.getArgumentsContent()).toMatch(/CMD \["node", "\/app\/docker\/healthcheck\.mjs"\]$/);
  });

  it('is given no secret', () => {
    const names = [
      ...dockerfile.getENVs().flatMap((env) => env.getProperties().map((property) => property.getName())),
      ...dockerfile.getARGs().map((arg) => arg.getProperty()?.getName() ?? ''),
    ];
    expect(names).toContain('PS_TERRAFORM_PROVIDER_MIRROR');
    expect(names.filter((name) => SECRET_NAME.test(name) && !PUBLIC_BUILD_ARGUMENTS.includes(name))).toEqual([]);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const admitted = new Set([...repository.read('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, name]) => name));
    const sources = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) =>
        copy
          .getArguments()
          .map((argument) => argument.getValue())
          .slice(0, -1),
      );
    expect(sources).toContain('docker/docker-entrypoint.sh');
    const isThere = (source: string): boolean => existsSync(repository.path(source));
    expect(sources.filter((source) => !isThere(source) || !admitted.has(source.split('/')[0]))).toEqual([]);
  });

  it('brings the provider the bindings were made of', () => {
    const bindings = repository.read('node_modules/@cdktf/provider-aws/lib/vpc/index.js');
    const made = /providers\/hashicorp\/aws\/([\d.]+)\//.exec(bindings)?.[1];
    expect(/version = "([\d.]+)"/.exec(repository.read('docker/providers.tf'))?.[1]).toBe(made);
  });
});

interface Service {
  image: string;
  environment?: Record<string, string>;
  env_file?: string;
  healthcheck?: { test: string[]; interval: string };
  depends_on?: Record<string, { condition: string }>;
  profiles?: string[];
  command?: string;
  volumes?: string[];
  ports?: string[];
  read_only?: boolean;
  stop_grace_period?: string;
  cap_drop?: string[];
}

describe('docker-compose.yml', () => {
  const text = repository.read('docker-compose.yml');
  const { services, volumes } = load(text, { schema: YAML11_SCHEMA }) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };
  const ours = Object.entries(services).filter(([, { image }]) => image === 'ps-server');

  it('has the service as one or as two, a database and a cloud', () => {
    expect(Object.keys(services)).toEqual(['server', 'api', 'worker', 'postgres', 'localstack']);
    expect(ours.map(([name, { command, profiles }]) => [name, command, profiles])).toEqual([
      ['server', 'server', undefined],
      ['api', 'api', ['worker']],
      ['worker', 'worker', ['worker']],
    ]);
  });

  it('checks the health of everything, and starts nothing before what it needs is healthy', () => {
    for (const [name, { healthcheck }] of Object.entries(services))
      expect([name, healthcheck?.test[0], typeof healthcheck?.interval]).toEqual([name, 'CMD', 'string']);
    for (const [, { depends_on: needs }] of ours)
      expect(needs).toEqual({
        postgres: { condition: 'service_healthy' },
        localstack: { condition: 'service_healthy' },
      });
  });

  it('pins the images of others to a release', () => {
    for (const name of ['postgres', 'localstack']) expect(services[name]?.image).toMatch(/:\d+\.\d+/);
  });

  it('holds no secret: they come from a file that git does not know', () => {
    const literal = Object.values(services)
      .flatMap(({ environment = {} }) => Object.entries(environment))
      .filter(([name, value]) => SECRET_NAME.test(name) && !/^\$\{\w+:\?/.test(value));
    expect(literal).toEqual([]);
    expect(text).not.toMatch(/:\/\/[^:@/\s]+:(?!\$\{)[^@\s]+@/);
    expect(ours.every(([, service]) => service.env_file === '.env')).toBe(true);
    expect(repository.read('.gitignore').split('\n')).toContain('.env');
  });

  it('gives the service no more than it needs, and time to end', () => {
    expect(text).not.toMatch(/network_mode|privileged: true|docker\.sock|pid: host/);
    for (const [name, service] of ours) {
      expect([name, service.read_only, service.cap_drop]).toEqual([name, true, ['ALL']]);
      expect(Number.parseInt(service.stop_grace_period ?? '', 10)).toBeGreaterThan(100);
      expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    }
  });

  it('declares every volume that is used', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(new Set(used.map((volume) => volume.split(':')[0]))).toEqual(new Set(Object.keys(volumes)));
  });
});
