import { dialect } from '../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { TcpSession } from '../../protocols/tcp/service.ts';
import type { TenantWorld } from './world.ts';

const { session: names } = dialect.tcp;

/** What every protocol's door says. */
export interface Entrance {
  /** Why this source is not let in; undefined when it is. */
  rejection?: string | undefined;
  /** What the server says of itself. */
  opened?: TcpMessage['attributes'];
}

/** Opens a session, rejects it, or breaks the connection off when there is no service. */
export function enter(
  world: TenantWorld,
  session: TcpSession,
  { rejection, opened = {} }: Entrance = {},
): readonly TcpMessage[] {
  if (!world.up) {
    session.hangUp();
    return [];
  }
  const reason = world.acceptsSessions ? rejection : 'the server takes no more sessions';
  return [
    reason === undefined
      ? { name: names.opened, attributes: opened }
      : { name: names.rejected, attributes: { reason } },
  ];
}

/** Why a password does not open a session. Every user has the same one. */
export function wrongPassword(world: TenantWorld, { attributes }: TcpMessage): string | undefined {
  return attributes.userPassword === world.password ? undefined : 'the user name or the password is wrong';
}
