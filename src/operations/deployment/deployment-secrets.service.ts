import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AwsSecretsService } from '../../aws/aws-secrets.service.js';
import { DeploymentSecretsError } from './deployment.errors.js';
import { serviceDefinition } from './service-definition.js';

/** Characters RDS takes in a password; the others mean something in a URL. */
const PASSWORD_BYTES = 30;
const JWT_BYTES = 48;
const AES_BYTES = 32;
const CODE_BYTES = 18;
/** Keeps the number a signed 32-bit one, which the provider wants. */
const VERSION_HEX_DIGITS = 7;

const databaseSchema = z.object({ password: z.string().min(12) });

export interface DatabasePassword {
  password: string;
  /** Another number for every value the secret has had. */
  version: number;
}

/** The secrets a deployment refers to, in AWS Secrets Manager. No value of theirs is ever printed or logged. */
@Injectable()
export class DeploymentSecretsService {
  constructor(private readonly secrets: AwsSecretsService) {}

  /** Creates those that are not there, with random values. What is there stays as it is. Names by what was done. */
  async ensure(domain: string): Promise<{ created: string[]; kept: string[] }> {
    const { secretNamesOf, secretVariables, databaseUser } = await serviceDefinition();
    const names = secretNamesOf({ domain });
    const wanted = new Map([
      [names.service, () => Object.fromEntries(secretVariables.map((name) => [name, firstValue(name)]))],
      [names.database, () => ({ username: databaseUser, password: randomBytes(PASSWORD_BYTES).toString('base64url') })],
    ]);
    const created: string[] = [];
    const kept: string[] = [];
    for (const [name, value] of wanted) {
      const isNew = await this.secrets.createUnlessThere(name, JSON.stringify(value()));
      (isNew ? created : kept).push(name);
    }
    return { created, kept };
  }

  /** Throws {@link DeploymentSecretsError} when a secret, or something in it, is missing. */
  async check(domain: string): Promise<DatabasePassword> {
    const { secretNamesOf, secretVariables } = await serviceDefinition();
    const names = secretNamesOf({ domain });
    const service = parsed(await this.value(names.service, domain));
    const missing = secretVariables.filter((name) => typeof service[name] !== 'string');
    if (missing.length > 0)
      throw new DeploymentSecretsError(names.service, `has no text for ${missing.join(', ')}`, domain);
    const database = await this.value(names.database, domain);
    const password = databaseSchema.safeParse(parsed(database));
    if (!password.success)
      throw new DeploymentSecretsError(names.database, 'has no password of at least 12 characters', domain);
    return { password: password.data.password, version: numberOf(database.versionId) };
  }

  private async value(name: string, domain: string): Promise<{ text: string; versionId: string }> {
    const found = await this.secrets.value(name);
    if (found === null) throw new DeploymentSecretsError(name, 'does not exist', domain);
    return found;
  }
}

/** Of GitHub's, nothing can be made up: a login through GitHub is off until they are filled in. */
function firstValue(variable: string): string {
  if (variable === 'PS_JWT_SECRET') return randomBytes(JWT_BYTES).toString('base64url');
  if (variable === 'PS_STATE_ENCRYPTION_KEY') return randomBytes(AES_BYTES).toString('base64');
  if (variable === 'PS_DISABLE_PROVISIONING_CODE') return randomBytes(CODE_BYTES).toString('base64url');
  return '';
}

function parsed({ text }: { text: string }): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function numberOf(versionId: string): number {
  return Number.parseInt(createHash('sha256').update(versionId).digest('hex').slice(0, VERSION_HEX_DIGITS), 16);
}
