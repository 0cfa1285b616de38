import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpMessage } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import type { Registration, TelephonyWorld } from './world.ts';

const { events, errorCodes } = dialect.tcp.voice;

/** The session whose request an event answers, by its registration, and the request. */
export interface Asker {
  registration: Registration;
  request: TcpMessage;
}

/** Why a request is not carried out. */
export class Refusal {
  readonly code: number;
  readonly text: string;

  constructor(reason: keyof typeof errorCodes, text: string) {
    this.code = errorCodes[reason];
    this.text = text;
  }
}

/** Tells an event to everybody who has registered the DN; whoever asked for it finds the reference id in it. */
export function tell(
  world: TelephonyWorld,
  dn: string,
  name: string,
  attributes: TcpMessage['attributes'],
  asker?: Asker,
): void {
  world.eventsTold += 1;
  const stamped = {
    ThisDN: dn,
    ...attributes,
    EventSequenceNumber: world.eventsTold.toString(16).padStart(16, '0'),
    Time: fixture.now,
  };
  for (const registration of [...world.registrations]) {
    if (registration.dn !== dn) continue;
    const referenceId = asker?.registration === registration ? asker.request.referenceId : undefined;
    registration.tell({ name, attributes: stamped, ...(referenceId === undefined ? {} : { referenceId }) });
  }
}

/** The link to the switch is lost, with all registrations, and comes back. Every session is told. */
export function loseLink({ registrations }: TelephonyWorld): void {
  const sessions = new Set([...registrations].map(({ tell: toSession }) => toSession));
  registrations.clear();
  for (const name of [events.linkLost, events.linkBack]) {
    for (const toSession of sessions) toSession({ name, attributes: {} });
  }
}
