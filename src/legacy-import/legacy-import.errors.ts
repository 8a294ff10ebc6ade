import { OperatorError } from '../common/errors/operator-error.js';

/** The source cannot be read as a database of the old system. Says what to do about it. */
export class LegacySourceError extends OperatorError {}
