import { isWithin, parseHandshake, reattachment } from './handshake.js';

const DIRECTORY = 'tmp';
const SOCKET = `1|5|unix|${DIRECTORY}/plugin123|grpc|`;

describe('the handshake of a provider', () => {
  it.each([
    [SOCKET, { protocolVersion: 5, network: 'unix', address: `${DIRECTORY}/plugin123` }],
    ['1|6|unix|/tmp/plugin123|grpc|MIIB|false', { protocolVersion: 6, network: 'unix', address: '/tmp/plugin123' }],
    ['1|5|tcp|127.0.0.1:1234|grpc', { protocolVersion: 5, network: 'tcp', address: '127.0.0.1:1234' }],
  ])('%s', (line, expected) => {
    expect(parseHandshake(line)).toEqual(expected);
  });

  it.each([
    '',
    'panic: runtime error',
    '2|5|unix|/tmp/plugin123|grpc|',
    '1|x|unix|/tmp/plugin123|grpc|',
    '1|5|udp|127.0.0.1:1|grpc|',
    '1|4|unix|/tmp/plugin123|netrpc|',
    '1|5|unix||grpc|',
  ])('is not "%s"', (line) => {
    expect(parseHandshake(line)).toBeNull();
  });

  it.each([
    ['unix', `${DIRECTORY}/plugin1`, true, true],
    ['unix', `${DIRECTORY}/../plugin1`, false, false],
    ['unix', `${DIRECTORY}/deeper/plugin1`, false, false],
    ['unix', '/tmp/plugin1', false, false],
    ['unix', `${DIRECTORY}/..`, false, false],
    ['unix', `${DIRECTORY}/.`, false, false],
    ['tcp', '127.0.0.1:4711', false, true],
    ['tcp', '[::1]:4711', false, true],
    ['tcp', '0.0.0.0:4711', false, false],
    ['tcp', '10.0.0.7:4711', false, false],
    ['tcp', '127.0.0.1.example.org:80', false, false],
    ['tcp', 'localhost:80', false, false],
  ] as const)(
    'at %s %s is used with sockets only: %s, with ports as well: %s',
    (network, address, socket, loopback) => {
      const listensAt = { protocolVersion: 5, network, address };
      expect(isWithin(listensAt, 'socket', DIRECTORY)).toBe(socket);
      expect(isWithin(listensAt, 'loopback', DIRECTORY)).toBe(loopback);
    },
  );

  it('is passed to Terraform as Terraform wants it, and leaves the provider running', () => {
    const { TF_REATTACH_PROVIDERS: value } = reattachment('registry.terraform.io/hashicorp/aws', 42, {
      protocolVersion: 5,
      network: 'unix',
      address: '/tmp/plugin1',
    });
    expect(JSON.parse(value)).toEqual({
      'registry.terraform.io/hashicorp/aws': {
        Protocol: 'grpc',
        ProtocolVersion: 5,
        Pid: 42,
        Test: true,
        Addr: { Network: 'unix', String: '/tmp/plugin1' },
      },
    });
  });
});
