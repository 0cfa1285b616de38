import { destination, source } from '../contract.ts';
import { bind, bound, integer, regex, string, type Template } from '../matchers.ts';
import type { SipMessage, SipParty } from '../messages/sip.ts';
import { world } from '../world.ts';
import type { SipStep } from './sip-dialog.ts';
import {
  type Headers,
  names,
  newDialog,
  notBlank,
  type SipWire,
  sameCallId,
  sipDomain,
  sipParts,
  sipUri,
  targets,
} from './sip-parts.ts';

interface RegisterOptions {
  dn: string;
  expires: number;
  /** Counted from 1; all have the Call-ID of the first (RFC 3261, section 10.2.4). */
  turn: number;
  headers?: Headers;
}

const target = 'the Contact of the REGISTER';
const realm = 'the realm';
const nonce = 'the nonce';

/** The steps of a registration (RFC 3261, section 10); who registers is the source. */
export function registerSteps(wire: SipWire) {
  const { echoed, freshVia, length } = sipParts(wire);
  const fromOf = (turn: number) => `the From of the ${transaction(turn)}`;
  const transaction = (turn: number) => (turn === 1 ? 'REGISTER' : `REGISTER ${turn}`);
  const reply = (turn: number, status: number, reason: string, headers: Headers): SipStep =>
    destination<SipMessage>({
      status,
      reason: string(reason),
      headers: {
        ...echoed('REGISTER', transaction(turn), names.cseq(transaction(turn))),
        from: bound<SipParty>(fromOf(turn), { uri: `sip:${world.dns.webrtc.number}@${sipDomain}`, tag: 'source-1' }),
        to: { uri: bound(names.to, `sip:${world.dns.webrtc.number}@${sipDomain}`), tag: notBlank('registrar-1') },
        ...length(integer(0)),
        ...headers,
      },
    } as Template<SipMessage>);
  return {
    register: ({ dn, expires, turn, headers = {} }: RegisterOptions): SipStep => {
      const address = `sip:${dn}@${sipDomain}`;
      return source<SipMessage>({
        method: 'REGISTER',
        // No user part: a registrar is a domain (section 10.2).
        requestUri: bind(names.requestUri, regex('^sips?:[^@;?]+$', `sip:${sipDomain}`)),
        headers: {
          ...freshVia(transaction(turn)),
          ...newDialog,
          from: bind(fromOf(turn), { uri: address, tag: notBlank('source-1') }),
          to: { uri: bind(names.to, address) },
          ...(turn === 1 ? {} : sameCallId),
          cseq: {
            number: bind(names.cseq(transaction(turn)), integer(turn)),
            method: 'REGISTER',
            ...(turn === 1 ? { first: true } : { increment: 1 }),
          },
          contact: [{ uri: bind(target, sipUri('sip:source@127.0.0.1')) }],
          expires: String(expires),
          ...length(0),
          ...headers,
        },
      } as Template<SipMessage>);
    },
    /** With every contact that is registered now (section 10.3). */
    registered: (turn: number): SipStep =>
      reply(turn, 200, 'OK', {
        contact: [{ uri: bound(target, 'sip:source@127.0.0.1'), params: { expires: regex('^[1-9]\\d*$', '1800') } }],
      }),
    removed: (turn: number): SipStep => reply(turn, 200, 'OK', {}),
    refused: (turn: number, status: number, reason: string, headers: Headers = {}): SipStep =>
      reply(turn, status, reason, headers),
  };
}

/** A challenge, and what the other side answers to it (RFC 3261, section 22; RFC 2617, section 3.2). */
export const digest = {
  challenge: (header: 'www-authenticate' | 'proxy-authenticate', realmExample: string): Headers => ({
    [header]: {
      scheme: 'Digest',
      params: {
        realm: bind(realm, regex('^.+$', realmExample)),
        nonce: bind(nonce, regex('^.+$', 'dcd98b7102dd2f0e8b11d0f600bfb0c093')),
        qop: regex('^(.*,\\s*)?auth(\\s*,.*)?$', 'auth'),
      },
    },
  }),
  /** For the URI that is asked for. */
  credentials: (header: 'authorization' | 'proxy-authorization', user: Template<string>): Headers => ({
    [header]: {
      scheme: 'Digest',
      params: {
        username: user,
        realm: bound(realm, sipDomain),
        nonce: bound(nonce, 'dcd98b7102dd2f0e8b11d0f600bfb0c093'),
        uri: targets.asInvited,
        response: regex('^[0-9a-f]{32}$', '6629fae49393a05397450978507c4ef1'),
        qop: 'auth',
        nc: '00000001',
        cnonce: regex('^.+$', '0a4f113b'),
      },
    },
  }),
};

/** What an answer to a challenge may say of the algorithm, or leave out. */
export const freeAlgorithm = (header: 'authorization' | 'proxy-authorization') => ({
  path: `$.headers.${header}.params.algorithm`,
  reason: 'MD5 is meant where a challenge names none (RFC 2617, section 3.2.1)',
});
