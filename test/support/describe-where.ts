/** `describe` where its needs are met; elsewhere the block is reported as skipped, with the reason in its name. */
export function describeWhere(isMet: boolean, reason: string): (name: string, body: () => void) => void {
  return (name, body) => {
    if (isMet) describe(name, body);
    else describe.skip(`${name} (skipped: ${reason})`, body);
  };
}
