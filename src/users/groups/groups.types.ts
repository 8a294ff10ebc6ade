import { type Permission } from '../../common/access/permissions.js';

/** People who are given the same permissions; these count for staff only. */
export interface Group {
  id: number;
  name: string;
  /** Names; one this version does not know counts for nothing. */
  permissions: string[];
  memberCount: number;
}

export interface NewGroup {
  name: string;
  permissions: readonly Permission[];
}

/** What is not given stays. */
export interface GroupChange {
  name?: string | undefined;
  /** All of them. */
  permissions?: readonly Permission[] | undefined;
}
