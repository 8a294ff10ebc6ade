import { type ActionTable, of } from '../required-actions.types.js';

const elb = (...names: string[]): string[] => of('elasticloadbalancing', ...names);
const ecs = (...names: string[]): string[] => of('ecs', ...names);
const logs = (...names: string[]): string[] => of('logs', ...names);
const scaling = (...names: string[]): string[] => of('application-autoscaling', ...names);
const RECORDS = of('route53', 'GetHostedZone', 'ListResourceRecordSets');
const CHANGE_RECORDS = of('route53', 'ChangeResourceRecordSets', 'GetChange');

/** Sources: as {@link NETWORK_ACTIONS}. */
export const SERVICE_ACTIONS: ActionTable = {
  aws_route53_record: { read: RECORDS, create: CHANGE_RECORDS, update: CHANGE_RECORDS, delete: CHANGE_RECORDS },
  aws_acm_certificate: {
    read: of('acm', 'DescribeCertificate', 'ListTagsForCertificate'),
    create: of('acm', 'RequestCertificate', 'AddTagsToCertificate'),
    update: of('acm', 'UpdateCertificateOptions', 'RemoveTagsFromCertificate'),
    delete: of('acm', 'DeleteCertificate'),
  },
  aws_acm_certificate_validation: { read: of('acm', 'DescribeCertificate'), create: [], update: [], delete: [] },
  aws_lb: {
    read: elb('DescribeLoadBalancers', 'DescribeLoadBalancerAttributes', 'DescribeCapacityReservation', 'DescribeTags'),
    create: [...elb('CreateLoadBalancer', 'AddTags', 'ModifyLoadBalancerAttributes'), 'iam:CreateServiceLinkedRole'],
    update: elb('SetSecurityGroups', 'SetSubnets', 'RemoveTags'),
    delete: [...elb('DeleteLoadBalancer'), 'ec2:DescribeNetworkInterfaces'],
  },
  aws_lb_target_group: {
    read: elb('DescribeTargetGroups', 'DescribeTargetGroupAttributes', 'DescribeTags'),
    create: elb('CreateTargetGroup', 'AddTags', 'ModifyTargetGroupAttributes'),
    update: elb('ModifyTargetGroup'),
    delete: elb('DeleteTargetGroup'),
  },
  aws_lb_listener: {
    read: elb('DescribeListeners', 'DescribeListenerAttributes', 'DescribeTags'),
    create: elb('CreateListener', 'AddTags', 'ModifyListenerAttributes'),
    update: elb('ModifyListener'),
    delete: elb('DeleteListener'),
  },
  aws_wafv2_web_acl: {
    read: of('wafv2', 'GetWebACL', 'ListTagsForResource'),
    create: of('wafv2', 'CreateWebACL', 'TagResource'),
    update: of('wafv2', 'UpdateWebACL', 'UntagResource'),
    delete: of('wafv2', 'DeleteWebACL'),
  },
  aws_wafv2_web_acl_association: {
    read: of('wafv2', 'GetWebACLForResource'),
    create: [...of('wafv2', 'AssociateWebACL'), ...elb('SetWebAcl')],
    update: [],
    delete: of('wafv2', 'DisassociateWebACL'),
  },
  aws_ecs_cluster: {
    read: ecs('DescribeClusters', 'ListTagsForResource'),
    create: [...ecs('CreateCluster', 'TagResource'), 'iam:CreateServiceLinkedRole', 'kms:DescribeKey'],
    update: ecs('UpdateCluster', 'UpdateClusterSettings', 'UntagResource'),
    delete: ecs('DeleteCluster'),
  },
  aws_ecs_cluster_capacity_providers: {
    read: ecs('DescribeClusters'),
    create: ecs('PutClusterCapacityProviders'),
    update: ecs('PutClusterCapacityProviders'),
    delete: ecs('PutClusterCapacityProviders'),
  },
  aws_ecs_task_definition: {
    read: ecs('DescribeTaskDefinition'),
    create: [...ecs('RegisterTaskDefinition', 'TagResource'), 'iam:PassRole'],
    update: ecs('UntagResource'),
    delete: ecs('DeregisterTaskDefinition'),
  },
  aws_ecs_service: {
    read: ecs('DescribeServices', 'ListServiceDeployments', 'DescribeServiceDeployments'),
    create: ecs('CreateService', 'TagResource'),
    update: ecs('UpdateService', 'UntagResource'),
    delete: ecs('DeleteService'),
  },
  aws_appautoscaling_target: {
    read: scaling('DescribeScalableTargets', 'ListTagsForResource'),
    create: [...scaling('RegisterScalableTarget', 'TagResource'), 'iam:CreateServiceLinkedRole'],
    update: scaling('RegisterScalableTarget', 'UntagResource'),
    delete: scaling('DeregisterScalableTarget'),
  },
  aws_appautoscaling_policy: {
    read: scaling('DescribeScalingPolicies'),
    create: scaling('PutScalingPolicy'),
    update: scaling('PutScalingPolicy'),
    delete: scaling('DeleteScalingPolicy'),
  },
  aws_cloudwatch_log_group: {
    read: logs('DescribeLogGroups', 'ListTagsForResource'),
    create: logs('CreateLogGroup', 'PutRetentionPolicy', 'TagResource', 'AssociateKmsKey'),
    update: logs('DeleteRetentionPolicy', 'UntagResource', 'DisassociateKmsKey'),
    delete: logs('DeleteLogGroup'),
  },
  aws_cloudwatch_metric_alarm: {
    read: of('cloudwatch', 'DescribeAlarms', 'ListTagsForResource'),
    create: of('cloudwatch', 'PutMetricAlarm', 'TagResource'),
    update: of('cloudwatch', 'PutMetricAlarm', 'UntagResource'),
    delete: of('cloudwatch', 'DeleteAlarms'),
  },
  aws_sns_topic: {
    read: of('sns', 'GetTopicAttributes', 'ListTagsForResource'),
    create: of('sns', 'CreateTopic', 'SetTopicAttributes', 'TagResource'),
    update: of('sns', 'SetTopicAttributes', 'UntagResource'),
    delete: of('sns', 'DeleteTopic'),
  },
  aws_sns_topic_subscription: {
    read: of('sns', 'GetSubscriptionAttributes'),
    create: of('sns', 'Subscribe'),
    update: of('sns', 'SetSubscriptionAttributes'),
    delete: of('sns', 'Unsubscribe'),
  },
};
