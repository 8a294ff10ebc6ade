import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import {
  Wafv2WebAcl,
  type Wafv2WebAclRule,
  type Wafv2WebAclVisibilityConfig,
} from '@cdktf/provider-aws/lib/wafv2-web-acl/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Edge } from './edge.js';
import { type ServiceInputs } from './service-inputs.js';

/** Requests from one address in five minutes; the service has finer limits of its own for each account. */
const LOGIN_LIMIT = 300;
const LOGIN_PATHS = ['/api/org_token', '/api/v1/auth/login'];
const MANAGED_RULES = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'];

/** What a web application firewall keeps away before it costs anything: known attackers, and floods of logins. */
export class RequestFilter extends Construct {
  constructor(scope: Construct, { names }: ServiceInputs, edge: Edge) {
    super(scope, 'request-filter');
    const visible = (metricName: string): Wafv2WebAclVisibilityConfig => ({
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    const managed = MANAGED_RULES.map((name, priority): Wafv2WebAclRule => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: { managed_rule_group_statement: { vendor_name: 'AWS', name } },
      visibilityConfig: visible(name),
    }));
    const logins = LOGIN_PATHS.map((path, index): Wafv2WebAclRule => ({
      name: `logins-${index}`,
      priority: MANAGED_RULES.length + index,
      action: { block: {} },
      statement: { rate_based_statement: loginsTo(path) },
      visibilityConfig: visible(`logins-${index}`),
    }));
    const filter = addressed('service', () => {
      return new Wafv2WebAcl(this, 'web-acl', {
        name: names.cluster,
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        rule: [...managed, ...logins],
        visibilityConfig: visible(names.cluster),
      });
    });
    addressed('service', () => {
      const ends = { resourceArn: edge.loadBalancer.arn, webAclArn: filter.arn };
      return new Wafv2WebAclAssociation(this, 'web-acl-association', ends);
    });
  }
}

/** In the words of the provider: the bindings have no type for statements. */
function loginsTo(path: string): object {
  return {
    limit: LOGIN_LIMIT,
    aggregate_key_type: 'IP',
    scope_down_statement: {
      byte_match_statement: {
        search_string: path,
        positional_constraint: 'STARTS_WITH',
        field_to_match: { uri_path: {} },
        text_transformation: [{ priority: 0, type: 'NONE' }],
      },
    },
  };
}
