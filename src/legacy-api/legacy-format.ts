/** `YYYY-MM-DDTHH:MM:SSUTC`, the old system's form of an instant. */
export function utcStamp(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}UTC`;
}
