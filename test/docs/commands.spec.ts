import { COMMAND_NAMES } from '../../src/cli/program.js';
import { envSchema } from '../../src/config/env.schema.js';
import { repository } from './repository.js';

/** Read by the tests and by the clients of the old system, not by the service. */
const FOREIGN_VARIABLES = [
  'PS_TEST_POSTGRES_URL',
  'PS_AWS_PROVIDER_SIM',
  'PS_USERNAME',
  'PS_PASSWORD',
  'PS_GITHUB_TOKEN',
];

const makefile = repository.read('Makefile');
const domains = (/^ECS_DOMAINS := (.*)$/m.exec(makefile)?.[1] ?? '').split(' ');
const targets = new Set([
  ...[...makefile.matchAll(/^([a-z-]+):/gm)].map(([, target]) => target),
  ...[...makefile.matchAll(/: ([a-z-]+-)%:/g)].flatMap(([, start = '']) => domains.map((domain) => start + domain)),
]);
const { scripts } = JSON.parse(repository.read('package.json')) as { scripts: Record<string, string> };
const commands = new Set(COMMAND_NAMES);
const variables = new Set([...Object.keys(envSchema.shape), ...FOREIGN_VARIABLES]);

/** Words a pattern's first group finds in the code of a document and that `known` does not have. */
function unknown(document: string, pattern: RegExp, known: { has(word: string): boolean }): string[] {
  const code = repository.document(document).code().join('\n');
  return [...code.matchAll(pattern)].map(([, word = '']) => word).filter((word) => !known.has(word));
}

describe.each(repository.documents())('%s', (document) => {
  it('names only make targets, npm scripts and psctl commands that exist', () => {
    const problems = [
      ...unknown(document, /^\s*make ([a-z-]+)/gm, targets),
      ...unknown(document, /\bnpm (?:run |run --silent )([a-z0-9:]+)/g, {
        has: (name) => Object.hasOwn(scripts, name),
      }),
      ...unknown(document, /\bpsctl(?:\.js)? ([a-z][a-z-]*)/g, commands),
    ];
    expect(problems).toEqual([]);
  });

  it('names only environment variables that exist', () => {
    expect(unknown(document, /\b(PS_[A-Z_]+)\b/g, variables)).toEqual([]);
  });
});

it('the Makefile has targets for every installation on ECS', () => {
  const wanted = ['testsliderule', 'slideruleearth'].flatMap((domain) =>
    ['check', 'shell', 'run', 'task'].map((what) => `ecs-ps-web-${what}-${domain}`),
  );
  expect(wanted.filter((target) => !targets.has(target))).toEqual([]);
});

it('every phony target of the Makefile has a rule', () => {
  const phony = (/^\.PHONY: (.*)$/m.exec(makefile)?.[1] ?? '').split(' ');
  expect(phony).toContain('help');
  expect(phony.filter((target) => !targets.has(target))).toEqual([]);
});
