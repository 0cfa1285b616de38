import { createSecureContext, type SecureContext } from 'node:tls';

const contexts = new Map<string, SecureContext>();

/**
 * What a TLS client needs to trust authorities. It is made once for each: to read all that Node trusts takes longer than a
 * handshake.
 * @param ca PEM of one or more authorities
 */
export function trusting(ca: string): SecureContext {
  const context = contexts.get(ca) ?? createSecureContext({ ca });
  contexts.set(ca, context);
  return context;
}
