import { readFileSync } from 'node:fs';
import { loadConfig } from './app-config.js';
import { envExample } from './env-example.js';
import { envSchema } from './env.schema.js';

const FILE = new URL('../../.env.example', import.meta.url);

/** What a shell would read with every line of the example uncommented; unset ones stay unset. */
function assignments(text: string): Record<string, string> {
  const found = [...text.matchAll(/^#(PS_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  return Object.fromEntries(found) as Record<string, string>;
}

describe('.env.example', () => {
  it('is what the schema says; see its first lines for how to make it so', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(envExample());
  });

  it('names every variable with a description', () => {
    expect(Object.keys(assignments(envExample()))).toEqual(Object.keys(envSchema.shape));
    expect(envExample()).not.toMatch(/\n\n#PS_/);
  });

  it('changes nothing when it is used as it is, and holds no secret', () => {
    const secrets = { PS_JWT_SECRET: 'x'.repeat(32), PS_STATE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
    const example = assignments(envExample());
    expect(loadConfig({ ...example, ...secrets }).env).toEqual(loadConfig(secrets).env);
    expect(example).toMatchObject({ PS_JWT_SECRET: '', PS_STATE_ENCRYPTION_KEY: '', PS_DATABASE_URL: '' });
  });
});
