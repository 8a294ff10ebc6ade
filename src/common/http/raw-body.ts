/** A request body nobody has looked into yet. */
export class RawBody {
  constructor(
    readonly content: Buffer,
    readonly contentType: string,
  ) {}
}
