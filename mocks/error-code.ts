import { types } from 'node:util';

/**
 * The code of a system error (`EADDRINUSE`, `ENOENT`); undefined for anything else. Not `instanceof`: in Jest, Node's own
 * errors come from another realm than the code that catches them.
 */
export function errorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Node's code of a TLS handshake that failed, be it for the certificate or since the peer speaks no TLS; undefined for
 * anything else. Source: Node, "TLS (SSL): X509 certificate error codes", and OpenSSL's own.
 */
export function tlsFailureCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|EPROTO)/.test(code ?? '') ? code : undefined;
}

/** What an error says, whatever was thrown. */
export function errorMessage(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}
