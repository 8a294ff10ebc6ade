import { OperatorError } from '../../common/errors/operator-error.js';

/** A dump or a restore that did not happen; the message says why and what to do. */
export class BackupError extends OperatorError {}
