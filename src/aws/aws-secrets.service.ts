import { Injectable } from '@nestjs/common';
import { AwsClients } from './aws-clients.service.js';
import { told } from './aws.errors.js';

/** AWS Secrets Manager. */
@Injectable()
export class AwsSecretsService {
  constructor(private readonly clients: AwsClients) {}

  /** The newest text of a secret and which version it is, or null when there is no such secret. */
  async value(name: string): Promise<{ text: string; versionId: string } | null> {
    const client = await this.clients.secretsManager();
    const { GetSecretValueCommand, ResourceNotFoundException } = await import('@aws-sdk/client-secrets-manager');
    return told(`for the secret ${name}`, async () => {
      try {
        const { SecretString: text, VersionId: versionId } = await client.send(
          new GetSecretValueCommand({ SecretId: name }),
        );
        return { text: text ?? '', versionId: versionId ?? '' };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return null;
        throw error;
      }
    });
  }

  /** False, with nothing changed, when a secret of that name exists. */
  async createUnlessThere(name: string, text: string): Promise<boolean> {
    const client = await this.clients.secretsManager();
    const { CreateSecretCommand, ResourceExistsException } = await import('@aws-sdk/client-secrets-manager');
    return told(`to create the secret ${name}`, async () => {
      try {
        await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
        return true;
      } catch (error) {
        if (error instanceof ResourceExistsException) return false;
        throw error;
      }
    });
  }
}
