import { BadRequestException } from '@nestjs/common';

/** One thing that is wrong: where, as a dotted path or '' for the whole, and what. */
export interface RequestIssue {
  path: string;
  message: string;
}

const MAX_ISSUES = 50;
/** A message may quote what was sent; an answer is no place for a megabyte of it. */
const MAX_TEXT_LENGTH = 300;

/** The request does not have the form its schema asks for. */
export class RequestInvalidException extends BadRequestException {
  readonly issues: RequestIssue[];

  constructor(issues: RequestIssue[]) {
    super('The request does not have the expected form; see errors.');
    this.issues = issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path: cut(path), message: cut(message) }));
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}...` : text;
}
