/** The value of a cookie of a request; null when it is not there. Values are those this service writes: no quotes. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return null;
}

export interface CookieOptions {
  maxAgeSeconds: number;
  sameSite: 'Lax' | 'Strict';
}

/**
 * Cookies that no script can read and no other host can set. Sibling hosts are clusters, which people run their own
 * software on, so behind https the name says `__Host-`: browsers then take it from this very host only.
 */
export class HostCookie {
  readonly name: string;
  private readonly isSecure: boolean;

  constructor(
    name: string,
    publicUrl: string,
    private readonly options: CookieOptions,
  ) {
    this.isSecure = publicUrl.startsWith('https:');
    this.name = this.isSecure ? `__Host-${name}` : name;
  }

  read(header: string | undefined): string | null {
    return readCookie(header, this.name);
  }

  /** The `Set-Cookie` that stores the value. */
  write(value: string): string {
    return this.line(value, this.options.maxAgeSeconds);
  }

  /** The `Set-Cookie` that removes it. */
  clear(): string {
    return this.line('', 0);
  }

  private line(value: string, maxAgeSeconds: number): string {
    const flags = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${this.options.sameSite}`;
    return `${this.name}=${value}; ${flags}${this.isSecure ? '; Secure' : ''}`;
  }
}
