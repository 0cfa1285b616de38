import type { TcpMessage } from '../../../contracts/messages/tcp.ts';

/** A message under the reference id of the request that it answers. */
export function answer(
  { referenceId }: TcpMessage,
  name: string,
  attributes: TcpMessage['attributes'] = {},
): TcpMessage {
  return referenceId === undefined ? { name, attributes } : { name, referenceId, attributes };
}
