import { causeOf, isPermanent } from './failure-causes.types.js';

describe('the cause of a failure', () => {
  it.each([
    [
      'api error UnauthorizedOperation: You are not authorized to perform: ec2:RunInstances on resource x',
      'aws.permission_denied',
      'ec2:RunInstances',
      true,
    ],
    ['AccessDenied: not authorized to perform iam:CreateRole', 'aws.permission_denied', 'iam:CreateRole', true],
    ['api error InsufficientInstanceCapacity: We currently do not have sufficient', 'aws.capacity', 'zone', false],
    ['VcpuLimitExceeded: You have requested more vCPU capacity', 'aws.quota', 'VcpuLimitExceeded', true],
    ['InvalidAMIID.NotFound: The image id [ami-1] does not exist', 'aws.bad_image', 'image', true],
    ['Error: Your query returned no results. Please change your search criteria', 'aws.bad_image', 'image', true],
    ['Throttling: Rate exceeded', 'aws.throttled', 'slow down', false],
    ['RequestLimitExceeded: Request limit exceeded.', 'aws.throttled', 'slow down', false],
    ['no matching Route53Zone found', 'aws.dns', 'DNS', true],
    [
      'ExpiredToken: The security token included in the request is expired',
      'aws.credentials_expired',
      'expired',
      false,
    ],
    ['Plugin did not respond: The plugin encountered an error', 'terraform.provider_crashed', 'provider', false],
    ['write terraform.tfstate: no space left on device', 'runs.disk_failed', 'disk', false],
  ])('of "%s" is %s', (text, code, named, permanent) => {
    const found = causeOf(text)!;
    expect(found.code).toBe(code);
    expect(found.cause).toContain(named);
    expect(found.next).toMatch(/\.$/);
    expect(isPermanent(code)).toBe(permanent);
  });

  it('is not guessed', () => {
    expect(causeOf('Error: Invalid function argument')).toBeNull();
    expect(isPermanent('terraform.apply_failed')).toBe(false);
  });
});
