import { readFileSync } from 'node:fs';
import { joined, literal, type TerraformText } from './terraform-text.js';

const PLACEHOLDER = /@@([A-Z0-9_]+)@@/;

/** A file of `files/`, which lies beside this one in the sources and in the build. */
export function readTemplate(name: string): string {
  return readFileSync(new URL(`files/${name}`, import.meta.url), 'utf8');
}

/**
 * The text with every `@@NAME@@` replaced. Everything else stays as it is, `${...}` of shells and compose files
 * included. Throws on a placeholder without a value and on a value without a placeholder: both are misspelt names.
 */
export function fillTemplate(text: string, values: Readonly<Record<string, TerraformText>>): TerraformText {
  const unused = new Set(Object.keys(values));
  const parts = text.split(PLACEHOLDER).map((part, index) => {
    if (index % 2 === 0) return literal(part);
    const value = values[part];
    if (value === undefined) throw new Error(`The template has a placeholder @@${part}@@ that nothing fills.`);
    unused.delete(part);
    return value;
  });
  if (unused.size > 0) throw new Error(`The template has no placeholder for ${[...unused].join(', ')}.`);
  return joined(...parts);
}
