export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Principal?: '*' | { Service?: string | string[]; AWS?: string | string[] };
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** An IAM policy document. Texts in it may refer to other resources. */
export function policy(...statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** What lets an AWS service take on a role, for this account only: no other account's task may be used for it. */
export function assumedBy(service: string, accountId: string): string {
  return policy({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: service },
    Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
  });
}
