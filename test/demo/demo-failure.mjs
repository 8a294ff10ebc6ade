// @ts-check

/** The demo cannot go on; the message says why. `needsLog` when the service's own log may tell more. */
export class DemoFailure extends Error {
  /**
   * @param {string} message
   * @param {{ needsLog: boolean }} options
   */
  constructor(message, { needsLog }) {
    super(message);
    this.needsLog = needsLog;
  }
}
