/** Where a request came from, as the HTTP server tells it. */
export interface Peer {
  /** Of the other end of the connection; undefined when that is gone. */
  remoteAddress: string | undefined;
  /** Whether it says that it asks for somebody else. */
  isForwarded: boolean;
  /** Whether it is believed (PS_TRUSTED_PROXIES). */
  isTrusted: boolean;
}

/** Who asks over HTTP, and from where. */
export interface RemoteAsker {
  /** `user:<name>` */
  actor: string;
  peer: Peer;
}
