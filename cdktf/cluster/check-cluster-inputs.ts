import { isIPv4 } from 'node:net';
import { BUCKET, DOMAIN } from '../aws-names.js';
import { ClusterInputsError } from './cluster-inputs.errors.js';
import { type ClusterInputs, type Installation } from './cluster-inputs.js';
import { NODE_CONFIGURATIONS } from './node-configurations.js';

/** AWS allows more in one group only after a request; the old system has the same limit. */
export const MAX_NODES = 1000;
/** `<cluster>-iam-role` may have 64 characters. */
const MAX_CLUSTER_NAME = 55;
/** AWS has no volumes larger than 16 TiB of type gp2. */
const MAX_VOLUME_GB = 16_384;

const DNS_LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/;
const ORGANIZATION = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const IMAGE_TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const IMAGE = /^[a-z0-9][a-z0-9._:/@-]*$/;
/** Host, port and folders; the name of an image and its tag come after it. */
const REPOSITORY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const OWNER = /^(self|\d{12})$/;
const PRICE = /^\d+(\.\d+)?$/;
/** Printable, and nothing that breaks out of a line. */
const ONE_LINE = /^[\x20-\x7e]{1,255}$/;
const SPOT_STRATEGIES = [
  'lowest-price',
  'capacity-optimized',
  'capacity-optimized-prioritized',
  'price-capacity-optimized',
];

/** Throws {@link ClusterInputsError} with every problem, before Terraform fails on the first one halfway. */
export function checkClusterInputs(inputs: ClusterInputs): void {
  const problems = [
    ...nameProblems(inputs),
    ...sizeProblems(inputs),
    ...nodeProblems(inputs),
    ...placeProblems(inputs),
    ...installationProblems(inputs.installation),
  ];
  if (problems.length > 0) throw new ClusterInputsError(problems);
}

function nameProblems({ clusterName, organizationName, clusterVersion, environmentVersion }: ClusterInputs): string[] {
  return [
    ...unless(
      DNS_LABEL.test(clusterName) && clusterName.length <= MAX_CLUSTER_NAME,
      `The cluster name ${quoted(clusterName)} is not a DNS label of at most ${MAX_CLUSTER_NAME} characters, but it becomes part of an address and of a role's name; use letters, digits and inner hyphens.`,
    ),
    ...unless(
      ORGANIZATION.test(organizationName) && organizationName.length <= 200,
      `The organization name ${quoted(organizationName)} cannot be a tag of resources; use letters, digits, "_" and "-", at most 200.`,
    ),
    ...unless(
      IMAGE_TAG.test(clusterVersion),
      `The cluster version ${quoted(clusterVersion)} cannot be the tag of a container image; use letters, digits, ".", "_" and "-", at most 128.`,
    ),
    ...unless(
      ONE_LINE.test(environmentVersion),
      `The environment version ${quoted(environmentVersion)} is not one line of printable text, but nodes get it in their environment; use the identifier of a build.`,
    ),
  ];
}

function sizeProblems({ nodes: { min, max, desired }, volumeSizeGb }: ClusterInputs): string[] {
  const counts = [min, desired, max].every((count) => Number.isInteger(count));
  return [
    ...unless(
      counts && 0 <= min && min <= desired && desired <= max && max <= MAX_NODES && max > 0,
      `${desired} nodes between ${min} and ${max} are no size a cluster can have; choose whole numbers with 0 <= minimum <= desired <= maximum <= ${MAX_NODES} and a maximum of at least 1.`,
    ),
    ...unless(
      Number.isInteger(volumeSizeGb) && 8 <= volumeSizeGb && volumeSizeGb <= MAX_VOLUME_GB,
      `A volume of ${volumeSizeGb} GB cannot hold the machine image or cannot be made; choose a whole number from 8 to ${MAX_VOLUME_GB}.`,
    ),
  ];
}

function nodeProblems({ nodeConfiguration, spot }: ClusterInputs): string[] {
  const known = [...NODE_CONFIGURATIONS.keys()];
  return [
    ...unless(
      nodeConfiguration === null || NODE_CONFIGURATIONS.has(nodeConfiguration),
      `There is no node configuration ${quoted(nodeConfiguration ?? '')}; choose one of ${known.join(', ')}.`,
    ),
    ...unless(
      SPOT_STRATEGIES.includes(spot.allocationStrategy),
      `AWS has no spot allocation strategy ${quoted(spot.allocationStrategy)}; choose one of ${SPOT_STRATEGIES.join(', ')}.`,
    ),
    ...unless(
      PRICE.test(spot.maxPrice) && Number(spot.maxPrice) > 0,
      `The spot price ${quoted(spot.maxPrice)} is no amount of dollars an hour; write it like 0.17.`,
    ),
  ];
}

function placeProblems({ availabilityZone, installation: { region } }: ClusterInputs): string[] {
  return unless(
    availabilityZone.startsWith(region) && /^[a-z]$/.test(availabilityZone.slice(region.length)),
    `The availability zone ${quoted(availabilityZone)} is not in the region ${quoted(region)}, where the cluster is built; choose one like ${quoted(`${region}c`)}, or another region.`,
  );
}

function installationProblems(installation: Installation): string[] {
  const { domain, region, containerRepository, projectBucket, publicBucket, keyPairName, amiOwner } = installation;
  const odd = (what: string, value: string, want: string): string =>
    `${quoted(value)} is not ${what}; ${want} in the settings of this installation.`;
  return [
    ...unless(DOMAIN.test(domain), odd('a domain', domain, 'name that of the hosted zone')),
    ...unless(REGION.test(region), odd('an AWS region', region, 'write one like us-west-2')),
    ...unless(
      REPOSITORY.test(containerRepository),
      odd('a container repository', containerRepository, 'name its host'),
    ),
    ...unless(IMAGE.test(installation.autohealImage), odd('an image', installation.autohealImage, 'name one with tag')),
    ...[projectBucket, publicBucket].flatMap((bucket) =>
      unless(BUCKET.test(bucket), odd('a bucket', bucket, 'name an S3 bucket')),
    ),
    ...unless(keyPairName === null || ONE_LINE.test(keyPairName), odd('a key pair', keyPairName ?? '', 'name one')),
    ...unless(OWNER.test(amiOwner), odd('an owner of machine images', amiOwner, 'write "self" or an account number')),
    ...addressProblems(installation),
  ];
}

function addressProblems({ vpcCidr, addresses }: Installation): string[] {
  const network = parseNetwork(vpcCidr);
  if (!network)
    return [`${quoted(vpcCidr)} is no network AWS can make; write one like 10.0.0.0/16, with a prefix from 16 to 28.`];
  const fixed = Object.entries(addresses);
  return [
    ...fixed.flatMap(([machine, address]) =>
      unless(
        isUsable(address, network),
        `The ${machine} cannot have the address ${quoted(address)}: it is not a free one of ${vpcCidr}, or AWS keeps it; choose another one.`,
      ),
    ),
    ...unless(
      new Set(fixed.map(([, address]) => address)).size === fixed.length,
      'Two machines have the same fixed address, so one of them could not start; give each its own.',
    ),
  ];
}

interface Network {
  first: number;
  size: number;
}

function parseNetwork(cidr: string): Network | null {
  const [address = '', prefix = ''] = cidr.split('/');
  const bits = Number(prefix);
  if (!isIPv4(address) || !/^\d+$/.test(prefix) || bits < 16 || bits > 28 || cidr !== `${address}/${prefix}`)
    return null;
  const network = { first: numberOf(address), size: 2 ** (32 - bits) };
  return network.first % network.size === 0 ? network : null;
}

/** AWS keeps the first four addresses and the last one of a subnet for itself. */
function isUsable(address: string, { first, size }: Network): boolean {
  if (!isIPv4(address)) return false;
  const offset = numberOf(address) - first;
  return offset >= 4 && offset < size - 1;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
