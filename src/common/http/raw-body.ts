/** A request body nobody has looked into yet. */
export class RawBody {
  constructor(
    readonly content: Buffer,
    readonly contentType: string,
  ) {}

  /** The request's body if it has one. */
  static of(body: unknown): RawBody | null {
    return body instanceof RawBody ? body : null;
  }
}
