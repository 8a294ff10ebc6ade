/** A user wants `nodeCount` nodes in an organization until `expiresAt` (whole seconds, UTC). */
export interface CapacityRequest {
  id: string;
  organizationId: string;
  userId: number;
  nodeCount: number;
  expiresAt: Date;
  createdAt: Date;
}

/** A request as administrators see it, live or ended. */
export interface AdministeredCapacityRequest extends CapacityRequest {
  organizationName: string;
  username: string;
  endedAt: Date | null;
  endReason: string | null;
}

/** What an organization's live requests mean for its cluster; the instants are null when none is live. */
export interface CapacityOutlook {
  liveRequests: number;
  firstExpiry: Date | null;
  /** When the cluster may go away, if nobody asks again. */
  lastExpiry: Date | null;
}

/** `isNew` is false when the same user already asks for the same count until the same second. */
export interface AcceptedCapacityRequest {
  request: CapacityRequest;
  isNew: boolean;
}
