import { dialect } from '../../../../contracts/dialect.ts';
import type { TcpValue } from '../../../../contracts/messages/tcp.ts';
import { world as fixture } from '../../../../contracts/world.ts';
import { without } from '../../../common/changed.ts';
import { type Asker, Refusal, tell } from './events.ts';
import type { Call, Progress, TelephonyWorld } from './world.ts';

const { events } = dialect.tcp.voice;
const { call: fixtureCall, dns, persons } = fixture;

const noCall = new Refusal('unknownCall', 'there is no such call at the DN');
const otherState = new Refusal('wrongState', 'the call is in another state');

/** Whether a number can be dialled: those of the tenant, and those that answer by themselves. */
function isDestination(number: string): boolean {
  const own = [dns.routePoint, dns.answering, dns.busy, dns.ringing].map((each) => each.number as string);
  return own.includes(number) || persons.some(({ dn }) => dn === number);
}

/** A call between two parties, and its ids. */
function newCall(world: TelephonyWorld, parties: Call['parties']): Call {
  const { connId, uuid } = fixtureCall;
  // The first has the ids of the fixture call.
  const next = (BigInt(`0x${connId}`) + BigInt(world.callsMade)).toString(16).padStart(16, '0');
  const tail = (Number(uuid.slice(-4)) + world.callsMade).toString().padStart(4, '0');
  world.callsMade += 1;
  return { connId: next, uuid: `${uuid.slice(0, -4)}${tail}`, parties, userData: {} };
}

function store(world: TelephonyWorld, call: Call): Call {
  world.calls = new Map(world.calls).set(call.connId, call);
  return call;
}

function tellOf(world: TelephonyWorld, dn: string, call: Call, name: string, asker?: Asker): void {
  const other = [...call.parties.keys()].find((each) => each !== dn) ?? '';
  const { connId, uuid, userData } = call;
  tell(world, dn, name, { OtherDN: other, ConnID: connId, CallUUID: uuid, UserData: userData }, asker);
}

function tellParties(world: TelephonyWorld, call: Call, name: string, asker?: Asker): void {
  for (const dn of call.parties.keys()) tellOf(world, dn, call, name, asker);
}

/** A call from outside comes to a DN. */
export function comeIn(world: TelephonyWorld, dn: string): Call {
  const parties = new Map<string, Progress>([
    [fixtureCall.ani, 'dialing'],
    [dn, 'ringing'],
  ]);
  const call = store(world, newCall(world, parties));
  tellOf(world, dn, call, events.ringing);
  return call;
}

/** Calls a number from a DN; one that answers by itself does so at once. */
export function make(world: TelephonyWorld, dn: string, to: TcpValue | undefined, asker?: Asker): Refusal | undefined {
  if (typeof to !== 'string' || !isDestination(to)) return new Refusal('unknownDn', 'there is no such destination');
  const parties = new Map<string, Progress>([
    [dn, 'dialing'],
    [to, 'ringing'],
  ]);
  const call = newCall(world, parties);
  tellOf(world, dn, call, events.dialing, asker);
  if (to === dns.busy.number) {
    tellOf(world, dn, call, events.busy);
    return undefined;
  }
  store(world, call);
  tellOf(world, to, call, events.ringing);
  if (to === dns.answering.number) establish(world, call);
  return undefined;
}

/** Everybody in the call talks. */
export function establish(world: TelephonyWorld, { connId, parties, ...rest }: Call, asker?: Asker): Call {
  const talking = new Map([...parties.keys()].map((each) => [each, 'established'] as const));
  const call = store(world, { ...rest, connId, parties: talking });
  tellParties(world, call, events.established, asker);
  return call;
}

/** The call ends for all. */
export function end(world: TelephonyWorld, call: Call, asker?: Asker): void {
  world.calls = without(world.calls, call.connId);
  tellParties(world, call, events.released, asker);
}

/** What can be asked for a party of a call. */
export type CallAction = 'answer' | 'release' | 'hold' | 'retrieve';

/** Does something with the call that a DN is in, if it is in the state for it. */
export function act(
  world: TelephonyWorld,
  action: CallAction,
  dn: string,
  connId: TcpValue | undefined,
  asker?: Asker,
): Refusal | undefined {
  const call = callAt(world, dn, connId);
  if (call === undefined) return noCall;
  const progress = call.parties.get(dn);
  switch (`${action} ${progress}`) {
    case 'answer ringing':
      establish(world, call, asker);
      return undefined;
    case 'hold established':
      move(world, call, dn, 'held', events.held, asker);
      return undefined;
    case 'retrieve held':
      move(world, call, dn, 'established', events.retrieved, asker);
      return undefined;
    case `release ${progress}`:
      end(world, call, asker);
      return undefined;
    default:
      return otherState;
  }
}

function move(world: TelephonyWorld, call: Call, dn: string, to: Progress, name: string, asker?: Asker): void {
  const moved = store(world, { ...call, parties: new Map(call.parties).set(dn, to) });
  tellOf(world, dn, moved, name, asker);
}

/** Attaches data to a call, over what is there under the same keys. */
export function attach(
  world: TelephonyWorld,
  dn: string,
  connId: TcpValue | undefined,
  data: Call['userData'],
  asker?: Asker,
): Refusal | undefined {
  const call = callAt(world, dn, connId);
  if (call === undefined) return noCall;
  const grown = store(world, { ...call, userData: { ...call.userData, ...data } });
  tellParties(world, grown, events.attached, asker);
  return undefined;
}

function callAt({ calls }: TelephonyWorld, dn: string, connId: TcpValue | undefined): Call | undefined {
  const call = typeof connId === 'string' ? calls.get(connId) : undefined;
  return call?.parties.has(dn) ? call : undefined;
}
