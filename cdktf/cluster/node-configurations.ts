/** How the nodes of a cluster are launched. Organizations choose one by its name. */
export type NodeConfiguration =
  /** One instance type, that of the launch template. */
  | { kind: 'launch-template' }
  /** One instance type instead of the launch template's, on demand. */
  | { kind: 'on-demand'; instanceType: string }
  /** The minimum on demand and everything above it as spot instances of any of these types. */
  | { kind: 'spot'; instanceTypes: readonly string[] };

/** What the launch template names; `t4g_2xlarge` is the configuration without a change to it. */
export const LAUNCH_TEMPLATE_INSTANCE_TYPE = 't4g.2xlarge';

/** Clusters deployed by the old system have these: a changed entry changes them at their next run. */
export const NODE_CONFIGURATIONS: ReadonlyMap<string, NodeConfiguration> = new Map<string, NodeConfiguration>([
  ['t4g_2xlarge', { kind: 'launch-template' }],
  ['t4g_large', { kind: 'on-demand', instanceType: 't4g.large' }],
  ['r8g_2xlarge', { kind: 'on-demand', instanceType: 'r8g.2xlarge' }],
  [
    'graviton3_spot',
    {
      kind: 'spot',
      instanceTypes: ['r8g.2xlarge', 'r7g.2xlarge', 'm8g.2xlarge', 'm7g.2xlarge', 'c8g.4xlarge', 'c7g.4xlarge'],
    },
  ],
]);

export const DEFAULT_NODE_CONFIGURATION = 't4g_2xlarge';
