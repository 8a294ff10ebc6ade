import { existsSync, readFileSync } from 'node:fs';
import { load, YAMLException } from 'js-yaml';
import { DeploymentSettingsError } from './deployment.errors.js';
import { type ServiceSettings, settingsSchema } from './service-definition.js';

/** What a command line says beside the file; it wins. */
export interface SettingsOverrides {
  image?: string | undefined;
  version?: string | undefined;
  snapshot?: string | undefined;
}

/** The settings of deployments, as operators keep them in files. */
export class DeploymentSettingsService {
  /** Where the settings of a domain are, unless another file is named. */
  usualFile(domain: string): string {
    return `deployments/${domain}.yml`;
  }

  /** The settings of a domain's deployment. Throws {@link DeploymentSettingsError} with every problem. */
  async read(domain: string, file: string, { image, version, snapshot }: SettingsOverrides): Promise<ServiceSettings> {
    const written = parse(file);
    if ('domain' in written && written.domain !== domain)
      throw new DeploymentSettingsError(file, [`domain: is not ${domain}, which the command is about`]);
    const parsed = (await settingsSchema()).safeParse({
      ...written,
      domain,
      ...(image === undefined ? {} : { image }),
      ...(version === undefined ? {} : { version }),
      ...(snapshot === undefined ? {} : { database: { ...databaseOf(written), snapshot } }),
    });
    if (parsed.success) return parsed.data;
    throw new DeploymentSettingsError(
      file,
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`),
    );
  }
}

function parse(file: string): Record<string, unknown> {
  if (!existsSync(file)) throw new DeploymentSettingsError(file, ['there is no such file; name one with --file']);
  const content = loadYaml(file);
  if (typeof content === 'object' && content !== null && !Array.isArray(content))
    return content as Record<string, unknown>;
  throw new DeploymentSettingsError(file, ['is no list of names and values']);
}

function loadYaml(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new DeploymentSettingsError(file, [`is no YAML: ${error.message}`]);
  }
}

function databaseOf({ database }: Record<string, unknown>): object {
  return typeof database === 'object' && database !== null ? database : {};
}
