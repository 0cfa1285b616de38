/** SIP: what no RFC fixes. The form of the call's id is that of public traces. */
export const sip = {
  callUuid: { header: 'x-genesys-calluuid', pattern: '^[0-9A-Z]{32}$' },
  /**
   * What a source sends though no contract demands it (RFC 3261 says "should", or only traces show it), by method, in
   * the spelling that goes on the wire.
   */
  courtesy: {
    INVITE: {
      Allow: 'ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, PRACK, REFER, UPDATE',
      Supported: 'timer',
      'Session-Expires': '1800;refresher=uac',
      'Min-SE': '90',
    },
    ACK: { 'Max-Forwards': '70' },
    OPTIONS: { Accept: 'application/sdp' },
  },
} as const;
