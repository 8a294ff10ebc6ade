import { hostname } from 'node:os';

/** The last part of the metadata address that ECS gives a container: `<task>-<container>`. */
const ECS_METADATA = /\/([0-9a-f]{32})-\d+$/;

/** The ECS task of this process, or its host where it is none. */
export function taskName(source: NodeJS.ProcessEnv): string {
  return ECS_METADATA.exec(source.ECS_CONTAINER_METADATA_URI_V4 ?? '')?.[1] ?? hostname();
}
