import { type ClusterInputs } from './cluster-inputs.js';
import { ROLES, type Role } from './machines.js';
import { fillTemplate, readTemplate } from './template.js';
import { literal, type TerraformText } from './terraform-text.js';
import { currentContents } from './current-contents.js';

export function composeFileName(role: Role): string {
  return `docker-compose-${role}.yml`;
}

/** Compose file by name. They hold nothing secret and nothing that differs between clusters. */
export function composeFiles(inputs: ClusterInputs): Record<string, TerraformText> {
  const adopted = currentContents(inputs)?.composeFiles;
  const values = { AUTOHEAL_IMAGE: literal(inputs.installation.autohealImage) };
  const entries = ROLES.map((role) => {
    const name = composeFileName(role);
    return [name, adopted ? literal(adopted[role]) : fillTemplate(readTemplate(name), values)] as const;
  });
  return Object.fromEntries(entries);
}
