import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

interface Question {
  Name?: string;
  SecretId?: string;
  SecretString?: string;
}

/** AWS Secrets Manager as far as making and reading secrets goes. */
export class FakeSecrets {
  readonly secrets = new Map<string, { text: string; versionId: string }>();
  /** Whether it says that nobody may ask. */
  isForbidden = false;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeSecrets> {
    const server = createServer();
    const fake = new FakeSecrets(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [, action = ''] = String(request.headers['x-amz-target']).split('.');
        const { status, body } = fake.answer(action, JSON.parse(Buffer.concat(chunks).toString()) as Question);
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As somebody does by hand: a new value is a new version. */
  put(name: string, text: string): void {
    this.secrets.set(name, { text, versionId: randomUUID() });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(action: string, { Name, SecretId, SecretString = '' }: Question): { status: number; body: object } {
    if (this.isForbidden) return failure('AccessDeniedException', `User is not authorized to perform: ${action}`);
    const name = Name ?? SecretId ?? '';
    const found = this.secrets.get(name);
    if (action === 'GetSecretValue') {
      if (!found) return failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { status: 200, body: { Name: name, SecretString: found.text, VersionId: found.versionId } };
    }
    if (action !== 'CreateSecret') throw new Error(`Secrets Manager was asked for ${action}`);
    if (found) return failure('ResourceExistsException', `A secret named ${name} exists already.`);
    this.put(name, SecretString);
    return { status: 200, body: { Name: name } };
  }
}

function failure(type: string, message: string): { status: number; body: object } {
  return { status: 400, body: { __type: type, message } };
}
