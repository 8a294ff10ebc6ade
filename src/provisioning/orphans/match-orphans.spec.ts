import fc from 'fast-check';
import { lostResources, matchOrphans } from './match-orphans.js';
import { stackResources } from './stack-resources.js';

const CONFIGURATION = JSON.stringify({
  resource: {
    aws_instance: { ilb: { tags: { Name: 'lab-ilb' } }, monitor: { tags: { Name: 'lab-monitor' } } },
    aws_autoscaling_group: { nodes: { tag: [{ key: 'Name', value: 'lab-node', propagate_at_launch: true }] } },
    aws_launch_template: { template: { name_prefix: 'lab-' } },
    aws_security_group: { 'ilb-sg': { name: 'lab-ilb-sg' } },
    aws_s3_object: { files: { for_each: '${var.files}', key: 'x' } },
  },
});
const configured = stackResources(CONFIGURATION);
const ilb = { type: 'aws_instance', id: 'i-1', name: 'lab-ilb' };
const group = { type: 'aws_autoscaling_group', id: 'terraform-2026', name: 'lab-node' };

describe('what exists and is in no state', () => {
  it('is nothing when the state knows it all', () => {
    const recorded = [{ address: 'aws_instance.ilb', type: 'aws_instance', id: 'i-1' }];
    expect(matchOrphans([ilb], configured, recorded)).toEqual([]);
  });

  it('gets the address its name has in the configuration', () => {
    expect(matchOrphans([ilb, group], configured, [])).toEqual([
      { ...ilb, address: 'aws_instance.ilb' },
      { ...group, address: 'aws_autoscaling_group.nodes' },
    ]);
  });

  it('gets the address of the only one of its type where AWS or Terraform makes up the name', () => {
    const template = { type: 'aws_launch_template', id: 'lt-1', name: 'lab-2026' };
    expect(matchOrphans([template], configured, [])).toEqual([
      { ...template, address: 'aws_launch_template.template' },
    ]);
  });

  it.each([
    ['its place is taken', [{ address: 'aws_instance.ilb', type: 'aws_instance', id: 'i-0' }], [ilb]],
    ['its name is nowhere', [], [{ ...ilb, name: 'lab-other' }]],
    ['its type is nowhere', [], [{ ...ilb, type: 'aws_vpc' }]],
  ])('has no address when %s', (_, recorded, existing) => {
    expect(matchOrphans(existing, configured, recorded)).toEqual([{ ...existing[0], address: null }]);
  });

  it('never fills a place twice, and never one that is taken', () => {
    const names = fc.constantFrom('lab-ilb', 'lab-monitor', 'other');
    const machines = fc.uniqueArray(fc.record({ type: fc.constant('aws_instance'), id: fc.uuid(), name: names }), {
      selector: ({ id }) => id,
    });
    const places = fc.subarray(['aws_instance.ilb', 'aws_instance.monitor']);
    fc.assert(
      fc.property(machines, places, (existing, taken) => {
        const recorded = taken.map((address, index) => ({ address, type: 'aws_instance', id: `recorded-${index}` }));
        const orphans = matchOrphans(existing, configured, recorded);
        const addresses = orphans.flatMap(({ address }) => address ?? []);
        expect(orphans).toHaveLength(existing.length);
        expect(new Set(addresses).size).toBe(addresses.length);
        expect(addresses.filter((address) => taken.includes(address))).toEqual([]);
      }),
    );
  });

  it('leaves out resources of which there are many under one address', () => {
    expect(configured.map(({ address }) => address)).not.toContain('aws_s3_object.files');
  });
});

describe('what a state has and does not exist', () => {
  const recorded = [
    { address: 'aws_instance.ilb', type: 'aws_instance', id: 'i-1' },
    { address: 'aws_iam_role.machines', type: 'aws_iam_role', id: 'lab-iam-role' },
  ];

  it('is only told of types that were listed as a whole', () => {
    expect(lostResources([ilb], ['aws_instance'], recorded)).toEqual([]);
    expect(lostResources([], ['aws_instance'], recorded)).toEqual([recorded[0]]);
    expect(lostResources([], [], recorded)).toEqual([]);
  });

  it('is not there because something else of its type is', () => {
    expect(lostResources([{ ...ilb, id: 'i-2' }], ['aws_instance', 'aws_vpc'], recorded)).toEqual([recorded[0]]);
  });
});
