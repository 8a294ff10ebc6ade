/**
 * A text as Terraform evaluates strings: `${...}` in it is an expression. A type of its own, because a plain text put in
 * its place would be evaluated, and a reference escaped by mistake would arrive on a machine as it is.
 */
export type TerraformText = string & { readonly terraform: unique symbol };

/** A text that reaches AWS exactly as it is. */
export function literal(text: string): TerraformText {
  return text.replace(/[$%]\{/g, (start) => start.charAt(0) + start) as TerraformText;
}

/** The value of a Terraform expression. */
export function evaluated(expression: string): TerraformText {
  return `\${${expression}}` as TerraformText;
}

/** One word of a shell script, whatever it contains. */
export function shellWord(text: string): TerraformText {
  return literal(`'${text.replaceAll("'", `'\\''`)}'`);
}

/**
 * One word of a shell script that only Terraform knows. What a secret contains must not become shell, and base64 has no
 * character that means anything there.
 */
export function evaluatedShellWord(expression: string): TerraformText {
  return `"$(base64 -d <<< ${evaluated(`base64encode(${expression})`)})"` as TerraformText;
}

/** Puts texts side by side. A dollar at a seam must not make an expression, or take one away, so it becomes one itself. */
export function joined(...texts: TerraformText[]): TerraformText {
  return texts.reduce<string>((left, right) => {
    const kept = /^[{$%]/.test(right) ? left.replace(/[$%]+$/, (run) => `\${${JSON.stringify(run)}}`) : left;
    return kept + right;
  }, '') as TerraformText;
}

/** What a text without expressions evaluates to. Throws if there is one: its value is not known here. */
export function constantValue(text: TerraformText): string {
  return text.replace(/\$\$\{|%%\{|\$\{|%\{/g, (found) => {
    if (found.length === 2) throw new Error('The text has a Terraform expression, whose value only Terraform knows.');
    return found.slice(1);
  });
}
