/** A user wants `nodeCount` nodes in an organization until `expiresAt` (whole seconds, UTC). */
export interface CapacityRequest {
  id: string;
  organizationId: string;
  userId: number;
  nodeCount: number;
  expiresAt: Date;
  createdAt: Date;
}

/** `isNew` is false when the same user already asks for the same count until the same second. */
export interface AcceptedCapacityRequest {
  request: CapacityRequest;
  isNew: boolean;
}
