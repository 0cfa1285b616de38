import type { Contract } from '../../contracts/contract.ts';
import type { Exercise } from '../../harness/verify/sides.ts';
import { garbage } from './bad-peers.ts';
import {
  asking,
  commanding,
  datagram,
  nothing,
  playing,
  sending,
  unchanged,
  withSteps,
  writing,
} from './bad-sources.ts';
import { only, verifyContracts } from './run.ts';
import { broken, type Situation, type Wire } from './situation.ts';

const http: Wire = { protocol: 'HTTP', number: 26, interaction: 'read the own tenant back' };
const https: Wire = { protocol: 'HTTPS', number: 44, interaction: 'read a customer' };
const tcp: Wire = { protocol: 'TCP', number: 3, interaction: 'open a configuration session' };
const redis: Wire = {
  protocol: 'Redis',
  number: 49,
  interaction: 'a new inbound call at a routing point is streamed with ANI and DNIS',
};
const call: Wire = { protocol: 'SIP/TCP', number: 51, interaction: 'a call with an offer is answered and released' };
const offer: Wire = {
  protocol: 'SIP/UDP',
  number: 57,
  interaction: 'a call is offered to a browser agent, answered and released',
};
const sql: Wire = { protocol: 'PostgreSQL', number: 13, interaction: 'a DN is found by its switch and number' };

/** A source of somebody else's, as it is exercised. */
export const from = (
  { protocol, number, interaction }: Wire,
  what: string,
  exercise: (contract: Contract) => Exercise,
  expected: typeof broken,
  sentence: string | RegExp,
): Situation => ({
  name: `${protocol}: a source ${what}`,
  happen: async () => {
    const contract = await only(number, interaction);
    return verifyContracts([contract], 'source', { exercise: exercise(contract) });
  },
  ...expected,
  sentence,
});

/** Sources that send nothing, too little, too much or something else. */
export const sources: readonly Situation[] = [
  from(http, 'that sends nothing', nothing, broken, /expected GET \S+, got nothing/),
  from(http, 'that asks for what is in no contract', playing(sending({ path: '/no/such/route' })), broken, /Nearest: /),
  from(
    http,
    'that sends its request twice',
    playing(unchanged, unchanged),
    broken,
    /expected GET \S+ once, got it came again/,
  ),
  from(http, 'that sends garbage', writing(garbage), broken, /what the source sent is not HTTP\/1\.1/),
  from(
    http,
    'that hangs up in the middle of its request',
    writing(Buffer.from('GET /x HTTP/1.1\r\nhos')),
    broken,
    /the source ended the connection before its request was whole/,
  ),
  from(
    https,
    'that speaks no TLS',
    writing(Buffer.from('GET /x HTTP/1.1\r\nhost: x\r\n\r\n')),
    broken,
    'the TLS handshake failed: http request',
  ),
  from(https, 'that sends nothing', nothing, broken, /expected GET \S+, got nothing/),

  from(tcp, 'that sends nothing', nothing, broken, /expected SessionOpen, got nothing/),
  from(tcp, 'that sends garbage', writing(garbage), broken, /a frame of the source cannot be read/),
  from(
    tcp,
    'that asks for what is in no contract',
    playing(sending({ name: 'RequestMoon' })),
    broken,
    /\$\.name: expected "SessionOpen", got "RequestMoon"/,
  ),
  from(
    tcp,
    'that opens its session twice',
    playing(unchanged, unchanged),
    broken,
    /expected SessionOpen once, got it came again/,
  ),

  from(redis, 'that sends nothing', nothing, broken, /expected XADD \S+, got nothing/),
  from(redis, 'that sends garbage', writing(Buffer.from('*1\r\n$-7\r\n')), broken, /sent RESP that is no command/),
  from(redis, 'that writes twice', () => commanding(2), broken, /expected XADD \S+ once, got it came again/),
  from(
    redis,
    'that writes another key',
    () => commanding(1, { key: 'spare' }),
    broken,
    /\$\.key: expected "ors:\S+", got "spare"/,
  ),

  from(sql, 'that sends nothing', nothing, broken, /got nothing/),
  from(sql, 'that sends garbage', writing(garbage), broken, /got nothing/),
  from(
    sql,
    'that asks twice',
    playing(unchanged, unchanged),
    broken,
    /expected SELECT cfg\.cfg_dn once, got it came again/,
  ),
  from(
    sql,
    'that asks another table',
    playing(asking({ table: 'cfg.cfg_moon' })),
    broken,
    /\$\.table: expected "cfg\.cfg_dn", got "cfg\.cfg_moon"/,
  ),

  from(call, 'that sends nothing', nothing, broken, /expected INVITE sip:\S+, got nothing/),
  from(call, 'that sends garbage', writing(garbage), broken, /expected INVITE sip:\S+, got nothing/),
  from(
    call,
    'that never hangs up',
    playing(withSteps((steps) => steps.slice(0, -2))),
    broken,
    /step 6 of 7, from the source: expected BYE \S+, got nothing/,
  ),
  from(offer, 'that sends nothing', nothing, broken, /expected INVITE sip:\S+, got nothing/),
  from(offer, 'that sends garbage', () => (_, at) => datagram(at), broken, /expected INVITE sip:\S+, got nothing/),
  from(
    offer,
    'that never hangs up',
    playing(withSteps((steps) => steps.slice(0, -2))),
    broken,
    /step 6 of 7, from the source: expected BYE \S+, got nothing/,
  ),
  from(offer, 'that calls twice', playing(unchanged, unchanged), broken, /expected INVITE \S+ once, got it came again/),
];
