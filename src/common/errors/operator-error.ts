/**
 * A failure that whoever runs the service can mend: wrong configuration, a port in use, no database. The message says
 * what happened and what to do next, so it is printed without a stack trace.
 */
export class OperatorError extends Error {}
