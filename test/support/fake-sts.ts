import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

const USER = 'arn:aws:iam::123456789012:user/ann';

/**
 * STS and IAM as far as logging in goes, with a device whose codes work once. What it was asked is kept, without the
 * codes.
 */
export class FakeSts {
  /** The code of now; it works once. */
  code = '123456';
  /** Serial numbers IAM tells of; null: it refuses. */
  devices: string[] | null = ['arn:aws:iam::123456789012:mfa/ann'];
  /** How far its clock is ahead of ours. */
  skewMs = 0;
  /** An error code to answer everything with; null for none. */
  refusal: string | null = null;
  readonly asked: { action: string; keyId: string; parameters: Record<string, string> }[] = [];
  private issued = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeSts> {
    const server = createServer();
    const fake = new FakeSts(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const parameters = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
        const keyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        const { status, body } = fake.answer(keyId, parameters);
        const date = new Date(Date.now() + fake.skewMs).toUTCString();
        response.writeHead(status, { 'content-type': 'text/xml', date }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(keyId: string, parameters: Record<string, string>): { status: number; body: string } {
    const { Action: action = '', TokenCode: code, ...others } = parameters;
    this.asked.push({ action, keyId, parameters: others });
    if (this.refusal !== null) return failure(this.refusal, 'it refuses everything');
    switch (action) {
      case 'GetCallerIdentity':
        return success(action, `<Account>123456789012</Account><Arn>${USER}</Arn><UserId>U</UserId>`);
      case 'ListMFADevices':
        return this.listed(action);
      case 'GetSessionToken':
        if (code !== this.code)
          return failure('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code. ');
        this.code = 'used';
        return success(action, this.credentials(Number(others.DurationSeconds)));
      case 'AssumeRole':
        return success(action, this.credentials(Number(others.DurationSeconds)));
      default:
        throw new Error(`STS was asked for ${action}`);
    }
  }

  private listed(action: string): { status: number; body: string } {
    if (this.devices === null) return failure('AccessDenied', `User: ${USER} may not`);
    const members = this.devices.map(
      (serial) =>
        `<member><UserName>ann</UserName><SerialNumber>${serial}</SerialNumber><EnableDate>2026-01-01T00:00:00Z</EnableDate></member>`,
    );
    return success(action, `<IsTruncated>false</IsTruncated><MFADevices>${members.join('')}</MFADevices>`);
  }

  private credentials(seconds: number): string {
    const expiration = new Date(Date.now() + this.skewMs + seconds * 1000).toISOString();
    this.issued += 1;
    const keys = `<AccessKeyId>ASIAFAKE${String(this.issued).padStart(8, '0')}</AccessKeyId><SecretAccessKey>fake-secret-${this.issued}</SecretAccessKey>`;
    return `<Credentials>${keys}<SessionToken>fake-token-${this.issued}</SessionToken><Expiration>${expiration}</Expiration></Credentials>`;
  }
}

function success(action: string, content: string): { status: number; body: string } {
  return { status: 200, body: `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>` };
}

function failure(code: string, message: string): { status: number; body: string } {
  return {
    status: 403,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}
