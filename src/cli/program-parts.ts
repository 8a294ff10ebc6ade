import { type INestApplicationContext } from '@nestjs/common';

/** How a command gets at the services; it closes what it got. */
export type OpenContext = () => Promise<INestApplicationContext>;

/** The same for what deploys the service to a region. */
export type OpenDeployment = (region: string) => Promise<INestApplicationContext>;

export interface ListedRoute {
  method: string;
  path: string;
  /** Who may call it, in a few words. */
  access: string;
  handler: string;
}

/** How commands get at what they work on. Nothing of it is loaded or opened before one needs it. */
export interface ProgramParts {
  open: OpenContext;
  openDeployment: OpenDeployment;
  /** Only the application as a whole knows its routes. */
  listRoutes: () => Promise<ListedRoute[]>;
}
