/** Where Postgres is. Holds the password, so it prints without it. */
export class DatabaseUrl {
  constructor(readonly value: string) {}

  /** The same server and credentials with another database. */
  withDatabase(name: string): DatabaseUrl {
    const url = new URL(this.value);
    url.pathname = `/${name}`;
    return new DatabaseUrl(url.toString());
  }

  toString(): string {
    const url = new URL(this.value);
    url.password = '';
    url.searchParams.delete('password');
    return url.toString();
  }

  toJSON(): string {
    return this.toString();
  }
}
