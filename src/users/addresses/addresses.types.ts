export interface EmailAddress {
  id: string;
  userId: number;
  email: string;
  isPrimary: boolean;
  verifiedAt: Date | null;
  createdAt: Date;
}
