import { createHash } from 'node:crypto';

const NAMESPACE = Buffer.from('6f0d4c0e35a44e7c9d7b8c0f5a1f2e93', 'hex');

/** The UUID (version 5) of a row that had a number or none in the old system: the same for every import. */
export function derivedId(table: string, key: string | number): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`${table}:${key}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
