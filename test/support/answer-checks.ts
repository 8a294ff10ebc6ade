import { type Answer } from './http-harness.js';

/** Headers every answer carries (contract section 1.2). */
const COMMON_HEADERS = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'Origin',
};

/** Matchers whose type is not `any`. */
export const anyText: unknown = expect.any(String);
export const textLike = (pattern: string | RegExp): unknown => expect.stringMatching(pattern);

export const CHALLENGE = 'Bearer realm="api"';
const STACK_LINE = /\n\s+at |node_modules|\.[jt]s:\d+/;

/** An answer of the old contract, to the last byte of its status, type and body. */
export function expectJson(answer: Answer, status: number, body: unknown): void {
  expect([answer.status, answer.body]).toEqual([status, body]);
  expect(answer.headers).toMatchObject({ ...COMMON_HEADERS, 'content-type': 'application/json' });
  expect(answer.headers['www-authenticate']).toBe(status === 401 && isTokenFailure(body) ? CHALLENGE : undefined);
}

/** Only answers about credentials and tokens carry a challenge: those of the token endpoints. */
function isTokenFailure(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'detail' in body;
}

/** What people see where no route is. */
export function expectPage(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({ ...COMMON_HEADERS, 'content-type': 'text/html; charset=utf-8' });
}

/** Problem details of the new API, with nothing of the inside in them. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, (answer.body as { code?: string }).code, answer.text]).toEqual([status, code, answer.text]);
  expect(answer.headers).toMatchObject({ ...COMMON_HEADERS, 'content-type': 'application/problem+json' });
  expect(answer.body).toMatchObject({
    type: 'about:blank',
    title: anyText,
    status,
    detail: anyText,
  });
  expect(answer.headers['www-authenticate']).toBe(status === 401 ? CHALLENGE : undefined);
  expectNoInside(answer);
}

export function expectNoInside({ text }: Answer): void {
  expect(text).not.toMatch(STACK_LINE);
  expect(text).not.toMatch(/postgres|QueryFailed|typeorm|sqlstate/i);
}

/** The three sentences of a bad access token on a bearer endpoint (contract section 1.3). */
export function tokenNotValid(message: string): unknown {
  return {
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'JWTAccessToken', token_type: 'access', message }],
  };
}

export function failedWith(message: string): unknown {
  return { status: 'FAILED', error_msg: message };
}
