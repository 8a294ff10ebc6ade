/** Shorter values would hide ordinary words. */
const MIN_LENGTH = 6;
const HIDDEN = '[redacted]';

/**
 * Replaces known secret values, also in their base64 and URL-encoded forms. It works on values, not on Terraform's
 * `sensitive` flags, which a configuration can take away; and on whole decoded lines, so no secret is split in two.
 */
export class Redactor {
  private readonly needles: string[];

  constructor(secrets: readonly string[]) {
    const values = secrets.filter((secret) => secret.length >= MIN_LENGTH).flatMap(encodings);
    // Longest first: a secret that contains another one is hidden as a whole.
    this.needles = [...new Set(values)].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.needles.reduce((redacted, needle) => redacted.replaceAll(needle, HIDDEN), text);
  }

  /** The same value with every text in it redacted, names of properties too. */
  deep<T>(value: T): T {
    if (this.needles.length === 0) return value;
    return this.redactAny(value) as T;
  }

  private redactAny(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.redactAny(item));
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.redactAny(item)]));
  }
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const jsonEscaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    jsonEscaped,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(bytes.toString()),
  ];
}
