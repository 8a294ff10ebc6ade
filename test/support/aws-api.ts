import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AwsSimulator } from './aws-simulator.js';

/** Whose credentials the service has. */
export const PRINCIPAL = 'arn:aws:iam::123456789012:user/ps-server';

type Attributes = Record<string, unknown>;
interface Resource {
  type: string;
  attributes: Attributes;
}

/** What the API calls a resource, and where its answer to a listing has it. */
interface Listing {
  type: string;
  set: string;
  fields: (attributes: Attributes) => Record<string, unknown>;
}

const LISTINGS: Record<string, Listing> = {
  DescribeVpcs: { type: 'aws_vpc', set: 'vpcSet', fields: ({ id }) => ({ vpcId: id }) },
  DescribeSubnets: { type: 'aws_subnet', set: 'subnetSet', fields: ({ id }) => ({ subnetId: id }) },
  DescribeInternetGateways: {
    type: 'aws_internet_gateway',
    set: 'internetGatewaySet',
    fields: ({ id }) => ({ internetGatewayId: id }),
  },
  DescribeSecurityGroups: {
    type: 'aws_security_group',
    set: 'securityGroupInfo',
    fields: ({ id, name }) => ({ groupId: id, groupName: name }),
  },
  DescribeLaunchTemplates: {
    type: 'aws_launch_template',
    set: 'launchTemplates',
    fields: ({ id, name }) => ({ launchTemplateId: id, launchTemplateName: name }),
  },
};

/**
 * The parts of the AWS API the service asks itself, answering from the account of the simulated provider: EC2, Auto
 * Scaling and IAM as far as listing goes, and what IAM says of permissions.
 */
export class AwsApi {
  /** Whether it says that the service may not ask. */
  isForbidden = false;
  /** What every machine has written to its console. */
  consoleOutput = '';
  /** Actions IAM says no policy allows. */
  readonly denied = new Set<string>();
  /** Actions only EC2 itself refuses. */
  readonly deniedByOrganization = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly simulator: AwsSimulator,
  ) {}

  static async start(simulator: AwsSimulator): Promise<AwsApi> {
    const server = createServer();
    const api = new AwsApi(server, simulator);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, body } = api.answer(new URLSearchParams(Buffer.concat(chunks).toString()));
        response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  /** For a service that should ask here. */
  get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, PS_AWS_OBSERVE: 'true' };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(parameters: URLSearchParams): { status: number; body: string } {
    const action = parameters.get('Action') ?? '';
    if (this.isForbidden) {
      const error = `<Code>UnauthorizedOperation</Code><Message>You may not ${action}.</Message>`;
      return { status: 403, body: `<Response><Errors><Error>${error}</Error></Errors></Response>` };
    }
    if (parameters.get('DryRun') === 'true') return this.dryRun(action);
    const content = this.content(action, parameters);
    if (content !== null) return { status: 200, body: `<${action}Response>${content}</${action}Response>` };
    const error = `<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>${action} finds nothing</Message></Error>`;
    return { status: 404, body: `<ErrorResponse>${error}</ErrorResponse>` };
  }

  /** EC2 answers every dry run with an error. */
  private dryRun(action: string): { status: number; body: string } {
    const isAllowed = !this.denied.has(`ec2:${action}`) && !this.deniedByOrganization.has(`ec2:${action}`);
    const code = isAllowed ? 'DryRunOperation' : 'UnauthorizedOperation';
    const error = `<Code>${code}</Code><Message>${action} was not carried out.</Message>`;
    return { status: 412, body: `<Response><Errors><Error>${error}</Error></Errors></Response>` };
  }

  /** Null for something that is not there. */
  private content(action: string, parameters: URLSearchParams): string | null {
    const listing = LISTINGS[action];
    const [key = '', value = ''] = tagFilter(parameters);
    const tagged = (type: string): Attributes[] => this.all(type).filter((one) => tagsOf(one)[key] === value);
    const tagSet = (one: Attributes): string =>
      xmlList(
        'item',
        Object.entries(tagsOf(one)).map(([k, v]) => ({ key: k, value: v })),
      );
    if (listing) {
      const items = tagged(listing.type).map(
        (one) => `<item>${xml(listing.fields(one))}<tagSet>${tagSet(one)}</tagSet></item>`,
      );
      return `<${listing.set}>${items.join('')}</${listing.set}>`;
    }
    switch (action) {
      case 'DescribeInstances': {
        const states = filterValues(parameters, 'instance-state-name');
        const machines = [...this.all('aws_instance'), ...this.all('aws_autoscaling_group').flatMap(nodesOf)]
          .filter((one) => tagsOf(one)[key] === value)
          .filter(({ instance_state: state }) => states.length === 0 || states.includes(String(state)));
        const items = machines.map((one) => {
          const state = `<instanceState>${xml({ code: 16, name: one.instance_state })}</instanceState>`;
          return `<item>${xml({ instanceId: one.id })}${state}<tagSet>${tagSet(one)}</tagSet></item>`;
        });
        return `<reservationSet><item><instancesSet>${items.join('')}</instancesSet></item></reservationSet>`;
      }
      case 'DescribeRouteTables': {
        const items = tagged('aws_route_table').map((one) => {
          const associations = this.all('aws_route_table_association')
            .filter(({ route_table_id: table }) => table === one.id)
            .map(({ id, subnet_id: subnetId }) => ({ routeTableAssociationId: id, routeTableId: one.id, subnetId }));
          const set = `<associationSet>${xmlList('item', associations)}</associationSet>`;
          return `<item>${xml({ routeTableId: one.id })}${set}<tagSet>${tagSet(one)}</tagSet></item>`;
        });
        return `<routeTableSet>${items.join('')}</routeTableSet>`;
      }
      case 'GetConsoleOutput':
        return `<output>${Buffer.from(this.consoleOutput).toString('base64')}</output>`;
      case 'DescribeAutoScalingGroups': {
        const groups = tagged('aws_autoscaling_group').map((one) => {
          const tags = xmlList(
            'member',
            Object.entries(tagsOf(one)).map(([Key, Value]) => ({ Key, Value })),
          );
          return `<member>${xml({ AutoScalingGroupName: one.name })}<Tags>${tags}</Tags></member>`;
        });
        return result(action, `<AutoScalingGroups>${groups.join('')}</AutoScalingGroups>`);
      }
      case 'GetRole':
        return this.named(action, 'aws_iam_role', 'Role', 'RoleName', parameters.get('RoleName'));
      case 'GetInstanceProfile':
        return this.named(
          ...([action, 'aws_iam_instance_profile', 'InstanceProfile'] as const),
          ...(['InstanceProfileName', parameters.get('InstanceProfileName')] as const),
        );
      case 'ListPolicies': {
        const policies = this.all('aws_iam_policy').map(({ name, arn }) => ({ PolicyName: name, Arn: arn }));
        return result(action, `<IsTruncated>false</IsTruncated><Policies>${xmlList('member', policies)}</Policies>`);
      }
      case 'GetCallerIdentity':
        return result(action, xml({ Account: '123456789012', Arn: PRINCIPAL, UserId: 'U' }));
      case 'SimulatePrincipalPolicy': {
        const decisions = numbered(parameters, 'ActionNames').map((name) => {
          const EvalDecision = this.denied.has(name) ? 'implicitDeny' : 'allowed';
          const resources = numbered(parameters, 'ResourceArns').map((arn) => ({
            ...{ EvalResourceName: arn, EvalResourceDecision: EvalDecision },
          }));
          const specific = `<ResourceSpecificResults>${xmlList('member', resources)}</ResourceSpecificResults>`;
          return `<member>${xml({ EvalActionName: name, EvalDecision })}${specific}</member>`;
        });
        const found = `<EvaluationResults>${decisions.join('')}</EvaluationResults>`;
        return result(action, `<IsTruncated>false</IsTruncated>${found}`);
      }
      default:
        throw new Error(`The service asked AWS for ${action}, which this test API does not know`);
    }
  }

  private named(action: string, type: string, element: string, key: string, name: string | null): string | null {
    const found = this.all(type).find((one) => one.name === name);
    return found ? result(action, `<${element}>${xml({ [key]: found.name })}</${element}>`) : null;
  }

  private all(type: string): Attributes[] {
    const file = join(this.simulator.environment.AWS_SIM_DIR!, '123456789012.json');
    const { resources } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { resources: {} }) as {
      resources: Record<string, Resource>;
    };
    return Object.values(resources)
      .filter((resource) => resource.type === type)
      .map(({ attributes }) => attributes);
  }
}

/** Values of a list of IAM's protocol. */
function numbered(parameters: URLSearchParams, name: string): string[] {
  return [...parameters].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
}

/** Name and value of the tag that is asked for. */
function tagFilter(parameters: URLSearchParams): string[] {
  const [, name] = [...parameters].find(([key, value]) => key.endsWith('.Name') && value.startsWith('tag:')) ?? [];
  return name === undefined ? [] : [name.slice('tag:'.length), ...filterValues(parameters, name)];
}

function filterValues(parameters: URLSearchParams, wanted: string): string[] {
  const [key] = [...parameters].find(([name, value]) => name.endsWith('.Name') && value === wanted) ?? [];
  if (key === undefined) return [];
  const filter = key.slice(0, -'.Name'.length);
  return [...parameters].filter(([name]) => name.startsWith(`${filter}.Value`)).map(([, value]) => value);
}

/** The machines a scaling group keeps; the simulated provider knows nothing of them. */
function nodesOf(group: Attributes): Attributes[] {
  const tags = { ...tagsOf(group), 'aws:autoscaling:groupName': String(group.name) };
  return Array.from({ length: Number(group.desired_capacity) }, (_, index) => ({
    ...{ id: `i-${String(index).padStart(17, '0')}`, instance_state: 'running', tags_all: tags },
  }));
}

function tagsOf({ tags_all: tagsAll, tag }: Attributes): Record<string, string> {
  const blocks = (tag ?? []) as { key: string; value: string }[];
  return {
    ...(tagsAll as Record<string, string>),
    ...Object.fromEntries(blocks.map(({ key, value }) => [key, value])),
  };
}

function result(action: string, content: string): string {
  return `<${action}Result>${content}</${action}Result>`;
}

function xmlList(element: string, items: Record<string, unknown>[]): string {
  return items.map((item) => `<${element}>${xml(item)}</${element}>`).join('');
}

function xml(fields: Record<string, unknown>): string {
  const text = (value: unknown): string => String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${text(value)}</${name}>`)
    .join('');
}
