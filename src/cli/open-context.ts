import { type INestApplicationContext } from '@nestjs/common';

/** How a command gets at the services; it closes what it got. */
export type OpenContext = () => Promise<INestApplicationContext>;
