import { type ActionTable, of } from '../required-actions.types.js';

const ec2 = (...names: string[]): string[] => of('ec2', ...names);

const RULES = {
  read: ec2('DescribeSecurityGroupRules'),
  update: ec2('ModifySecurityGroupRules'),
};

/** Sources: operations of the AWS provider 6.25 for each type, and the EC2 part of the Service Authorization Reference. */
export const NETWORK_ACTIONS: ActionTable = {
  aws_vpc: {
    read: ec2(
      'DescribeVpcs',
      'DescribeVpcAttribute',
      'DescribeNetworkAcls',
      'DescribeRouteTables',
      'DescribeSecurityGroups',
    ),
    create: ec2('CreateVpc', 'ModifyVpcAttribute'),
    update: ec2('ModifyVpcAttribute', 'ModifyVpcTenancy'),
    delete: ec2('DeleteVpc'),
  },
  aws_subnet: {
    read: ec2('DescribeSubnets', 'DescribeAvailabilityZones'),
    create: ec2('CreateSubnet', 'ModifySubnetAttribute'),
    update: ec2('ModifySubnetAttribute', 'AssociateSubnetCidrBlock', 'DisassociateSubnetCidrBlock'),
    delete: ec2('DeleteSubnet', 'DescribeNetworkInterfaces'),
  },
  aws_internet_gateway: {
    read: ec2('DescribeInternetGateways'),
    create: ec2('CreateInternetGateway', 'AttachInternetGateway'),
    update: ec2('AttachInternetGateway', 'DetachInternetGateway'),
    delete: ec2('DetachInternetGateway', 'DeleteInternetGateway', 'DescribeNetworkInterfaces'),
  },
  aws_route_table: {
    read: ec2('DescribeRouteTables'),
    create: ec2('CreateRouteTable', 'CreateRoute'),
    update: ec2('CreateRoute', 'ReplaceRoute', 'DeleteRoute'),
    delete: ec2('DeleteRouteTable', 'DisassociateRouteTable'),
  },
  aws_route: {
    read: ec2('DescribeRouteTables'),
    create: ec2('CreateRoute'),
    update: ec2('ReplaceRoute'),
    delete: ec2('DeleteRoute'),
  },
  aws_route_table_association: {
    read: ec2('DescribeRouteTables'),
    create: ec2('AssociateRouteTable'),
    update: ec2('ReplaceRouteTableAssociation'),
    delete: ec2('DisassociateRouteTable'),
  },
  aws_eip: {
    read: ec2('DescribeAddresses', 'DescribeAddressesAttribute'),
    create: ec2('AllocateAddress'),
    update: ec2('AssociateAddress', 'DisassociateAddress'),
    delete: ec2('DisassociateAddress', 'ReleaseAddress'),
  },
  aws_nat_gateway: {
    read: ec2('DescribeNatGateways'),
    create: ec2('CreateNatGateway'),
    update: ec2('AssociateNatGatewayAddress', 'DisassociateNatGatewayAddress'),
    delete: ec2('DeleteNatGateway'),
  },
  aws_vpc_endpoint: {
    read: ec2('DescribeVpcEndpoints', 'DescribePrefixLists'),
    create: ec2('CreateVpcEndpoint'),
    update: ec2('ModifyVpcEndpoint'),
    delete: ec2('DeleteVpcEndpoints'),
  },
  aws_flow_log: {
    read: ec2('DescribeFlowLogs'),
    create: [...ec2('CreateFlowLogs'), 'iam:PassRole'],
    update: [],
    delete: ec2('DeleteFlowLogs'),
  },
  aws_security_group: {
    read: ec2('DescribeSecurityGroups', 'DescribeSecurityGroupRules'),
    create: ec2(
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupEgress',
    ),
    update: ec2(
      'RevokeSecurityGroupIngress',
      'UpdateSecurityGroupRuleDescriptionsIngress',
      'UpdateSecurityGroupRuleDescriptionsEgress',
    ),
    delete: ec2('DeleteSecurityGroup', 'DescribeNetworkInterfaces'),
  },
  aws_vpc_security_group_ingress_rule: {
    ...RULES,
    create: ec2('AuthorizeSecurityGroupIngress'),
    delete: ec2('RevokeSecurityGroupIngress'),
  },
  aws_vpc_security_group_egress_rule: {
    ...RULES,
    create: ec2('AuthorizeSecurityGroupEgress'),
    delete: ec2('RevokeSecurityGroupEgress'),
  },
};
