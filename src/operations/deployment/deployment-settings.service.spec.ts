import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeploymentSettingsService } from './deployment-settings.service.js';

const image = (digit: string): string => `repository.example.org/ps-server@sha256:${digit.repeat(64)}`;
const WRITTEN = `
image: ${image('a')}
database:
  storageGb: 50
clusters:
  containerRepository: repository.example.org
`;

describe('settings of a deployment in a file', () => {
  const settings = new DeploymentSettingsService();
  const directory = mkdtempSync(join(tmpdir(), 'ps-settings-'));
  const file = join(directory, 'settings.yml');
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const read = (text: string, overrides = {}) => {
    writeFileSync(file, text);
    return settings.read('example.org', file, overrides);
  };

  it('are what is written, unless the command line says something else', async () => {
    expect(await read(WRITTEN)).toMatchObject({
      domain: 'example.org',
      image: image('a'),
      database: { snapshot: null },
    });
    expect(await read(WRITTEN, { image: image('b'), version: 'v2', snapshot: 'before' })).toMatchObject({
      image: image('b'),
      version: 'v2',
      database: { snapshot: 'before', storageGb: 50 },
    });
  });

  it.each([
    ['of another domain', `domain: example.com\n${WRITTEN}`, 'domain: is not example.org'],
    ['that are no YAML', 'image: [', 'is no YAML'],
    ['that are a list', '- image', 'is no list of names and values'],
    ['with several problems', 'image: x', /image: .*\n {2}- clusters: /],
  ])('are refused with what is wrong: ones %s', async (_, text, problem) => {
    await expect(read(text)).rejects.toThrow(problem);
  });

  it('are refused when there are none', async () => {
    await expect(settings.read('example.org', join(directory, 'missing.yml'), {})).rejects.toThrow('no such file');
  });
});
