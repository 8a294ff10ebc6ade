import { describeWhere } from './describe-where.js';
import { hasMoto } from './moto.mjs';

export { hasMoto, Moto as MotoServer } from './moto.mjs';

/** `describe` where moto_server is on the PATH; elsewhere the block is reported as skipped, with the reason in its name. */
export const describeWithMoto = describeWhere(hasMoto, 'moto_server is not on the PATH');
