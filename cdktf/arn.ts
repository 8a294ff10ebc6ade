/** `arn:aws`, or what regions of their own kind have instead. */
export function arnStart(region: string): string {
  if (region.startsWith('us-gov-')) return 'arn:aws-us-gov';
  return region.startsWith('cn-') ? 'arn:aws-cn' : 'arn:aws';
}
