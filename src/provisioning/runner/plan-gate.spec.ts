import { type PlannedChange } from '../provisioning.types.js';
import { approvalReason } from './plan-gate.js';

const change = (address: string, action: string, reason: string | null = null): PlannedChange => ({
  ...{ address, type: address.split('.')[0]!, action, reason },
});

describe('whether somebody has to agree to a plan', () => {
  it.each([
    ['a machine everybody works through', [change('aws_instance.ilb', 'replace', 'cannot_update')]],
    ['the network', [change('aws_vpc.sliderule-vpc', 'delete', 'delete_because_no_resource_config')]],
  ])('yes, when an update takes away %s', (_, changes) => {
    expect(approvalReason('update', changes)).toMatch(new RegExp(`removes or replaces ${changes[0]!.address} \\(`));
    expect(approvalReason('destroy', changes)).toBeNull();
  });

  it.each([
    ['only adds and changes', [change('aws_instance.ilb', 'create'), change('aws_vpc.sliderule-vpc', 'update')]],
    ['replaces what comes and goes with the size', [change('aws_launch_template.sliderule_template', 'replace')]],
    ['removes nodes', [change('terraform_data.node[4]', 'delete', 'delete_because_count_index')]],
    ['rewrites a file', [change('aws_s3_object.docker-compose-config["ilb"]', 'replace')]],
    ['replaces a machine that never came up', [change('aws_instance.ilb', 'replace', 'tainted')]],
  ])('no, when an update %s', (_, changes) => {
    expect(approvalReason('update', changes)).toBeNull();
  });

  it('no, when the update itself took over what it replaces', () => {
    const changes = [change('aws_instance.ilb', 'replace', 'cannot_update')];
    expect(approvalReason('update', changes, ['aws_instance.ilb'])).toBeNull();
    expect(approvalReason('update', changes, ['aws_instance.monitor'])).not.toBeNull();
  });

  it('names five of many', () => {
    const many = Array.from({ length: 7 }, (_, index) => change(`aws_instance.m${index}`, 'delete'));
    expect(approvalReason('update', many)).toMatch(/m4 \(delete\) and 2 more, which interrupts/);
  });
});
