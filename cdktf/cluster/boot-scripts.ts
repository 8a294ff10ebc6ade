import { currentContents } from './current-contents.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { type Role, SECRET_MARK, type SecretName } from './machines.js';
import { fillTemplate, readTemplate } from './template.js';
import { evaluated, evaluatedShellWord, joined, literal, shellWord, type TerraformText } from './terraform-text.js';

/** Object of all secrets as a Terraform expression, or null where machines fetch them themselves. */
export type SecretsExpression = string | null;

type Values = Record<string, TerraformText>;

/** The user data of a machine. */
export function bootScript(role: Role, inputs: ClusterInputs, secrets: SecretsExpression): TerraformText {
  const adopted = currentContents(inputs);
  if (adopted && secrets !== null) return withSecrets(adopted.userData[role], secrets);
  const parts = [fillTemplate(readTemplate('boot-prologue.sh'), prologueValues(role, inputs))];
  if (secrets === null && role !== 'node') {
    const secretId = shellWord(secretIdOf(inputs));
    parts.push(fillTemplate(readTemplate('boot-secrets.sh'), { SECRET_ID: secretId }));
  }
  parts.push(fillTemplate(readTemplate(`boot-${role}.sh`), VALUES[role](inputs, wordOf(secrets))));
  parts.push(fillTemplate(readTemplate('boot-epilogue.sh'), {}));
  return joined(...parts);
}

export function secretIdOf({ installation }: ClusterInputs): string {
  return `${installation.domain}/secrets`;
}

function prologueValues(role: Role, { installation, clusterName }: ClusterInputs): Values {
  const [registryHost = ''] = installation.containerRepository.split('/');
  return {
    REGION: shellWord(installation.region),
    BUCKET: shellWord(installation.projectBucket),
    CLUSTER: shellWord(clusterName),
    ROLE: shellWord(role),
    REGISTRY_HOST: shellWord(registryHost),
  };
}

type WordOf = (secret: SecretName) => TerraformText;

const VALUES: Record<Role, (inputs: ClusterInputs, word: WordOf) => Values> = {
  ilb: (inputs, word) => ({
    ...common(inputs),
    JWT_SECRET_KEY: word('jwt_secret_key'),
    ORGANIZATION: shellWord(inputs.organizationName),
    ILB_IMAGE: image('ilb', inputs),
  }),
  monitor: (inputs, word) => ({
    DOMAIN: shellWord(inputs.installation.domain),
    CLIENT_ID: word('client_id'),
    CLIENT_SECRET: word('client_secret'),
    MONITOR_IMAGE: image('monitor', inputs),
    PROXY_IMAGE: image('proxy', inputs),
  }),
  manager: (inputs, word) => ({
    ...common(inputs),
    MANAGER_SECRET_SALT: word('manager_secret_salt'),
    MANAGER_API_KEY: word('manager_api_key'),
    DATABASE_KEY: shellWord(`data/manager/manager-${inputs.organizationName}-${inputs.clusterVersion}.db`),
    MANAGER_IMAGE: image('manager', inputs),
  }),
  node: (inputs) => ({
    IS_PUBLIC: isPublic(inputs),
    ENVIRONMENT_VERSION: shellWord(inputs.environmentVersion),
    ORGANIZATION: shellWord(inputs.organizationName),
    SLIDERULE_IMAGE: image('sliderule', inputs),
    AMS_IMAGE: image('ams', inputs),
    PROVISIONING_SYSTEM: shellWord(`https://ps.${inputs.installation.domain}`),
    CONTAINER_REGISTRY: shellWord(inputs.installation.containerRepository),
  }),
};

function common(inputs: ClusterInputs): Values {
  return { IS_PUBLIC: isPublic(inputs), DOMAIN: shellWord(inputs.installation.domain) };
}

/** Machines expect the words of Python. */
function isPublic(inputs: ClusterInputs): TerraformText {
  return shellWord(inputs.isPublic ? 'True' : 'False');
}

function image(name: string, { installation, clusterVersion }: ClusterInputs): TerraformText {
  return shellWord(`${installation.containerRepository}/${name}:${clusterVersion}`);
}

function wordOf(secrets: SecretsExpression): WordOf {
  return (name) => (secrets === null ? literal(`"$(secret ${name})"`) : evaluatedShellWord(`${secrets}.${name}`));
}

function withSecrets(text: string, secrets: string): TerraformText {
  const parts = text.split(SECRET_MARK);
  return joined(...parts.map((part, index) => (index % 2 === 0 ? literal(part) : evaluated(`${secrets}.${part}`))));
}
