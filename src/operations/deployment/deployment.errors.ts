import { DomainError } from '../../common/errors/domain-error.js';

export class DeploymentSettingsError extends DomainError {
  readonly code = 'deployment.settings_invalid';
  readonly kind = 'invalid';

  constructor(source: string, problems: readonly string[]) {
    super(
      `The settings of the deployment (${source}) are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nCorrect them; docs/deployment.md lists all of them.`,
    );
  }
}

export class DeploymentSecretsError extends DomainError {
  readonly code = 'deployment.secrets_missing';
  readonly kind = 'conflict';

  constructor(name: string, why: string, domain: string) {
    super(`The secret ${name} ${why}. Create what is missing with psctl deploy secrets --domain ${domain}.`);
  }
}

export class DeploymentProtectedError extends DomainError {
  readonly code = 'deployment.protected';
  readonly kind = 'conflict';

  constructor(domain: string) {
    super(
      `The deployment of ${domain} is protected, so AWS would refuse to delete its database. Set database.isProtected to false, run psctl deploy apply, and then destroy it; a last snapshot is made in any case.`,
    );
  }
}
