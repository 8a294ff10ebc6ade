/** An answer of the old contract that ends a request early; thrown, and sent as it is. */
export class LegacyAnswer extends Error {
  constructor(
    readonly status: number,
    readonly body: Record<string, unknown>,
    readonly headers: Record<string, string> = {},
  ) {
    super(`legacy answer ${status}`);
  }
}

/** The shape most failures of the old contract have. */
export function failed(status: number, message: string): LegacyAnswer {
  return new LegacyAnswer(status, { status: 'FAILED', error_msg: message });
}
