import { describe, expect, test } from '@jest/globals';
import { basicCall, cancelledCall, liveness, refusedCall } from '../../../contracts/common/sip-calls.ts';
import { heldCall, releasedByCallee, routedCall } from '../../../contracts/common/sip-flows.ts';
import { registerSteps } from '../../../contracts/common/sip-registration.ts';
import { destination, documented, type Interaction, type Step, source, state } from '../../../contracts/contract.ts';
import { type DestinationScenarioOptions, destinationScenario } from './destination-scenario.ts';

function interactionOf(description: string, steps: readonly Step[], ...states: string[]): Interaction {
  return { description, basis: documented('this file'), given: states.map((name) => state(name)), steps };
}

const busy = interactionOf('busy', refusedCall('TCP', '+1*5', 486, 'Busy Here') as Step[]);
const full = interactionOf('full', refusedCall('TCP', '1001', 503, 'Service Unavailable') as Step[], 'crowded');
const alive = interactionOf('alive', liveness('TCP') as Step[]);
const tcp: DestinationScenarioOptions = { transport: 'TCP', switches: ['crowded'], control: 'secret', lingerMs: 0 };

/** The part of a scenario between two labels. */
function section(scenario: string, from: string, to: string): string {
  return scenario.slice(scenario.indexOf(`<label id="${from}"/>`), scenario.indexOf(`<label id="${to}"/>`));
}

test('interactions are told apart by method and dialled user, switches by state', () => {
  const scenario = destinationScenario([busy, full, alive], tcp);
  const ofOpening = (text: string) => `<ereg regexp="^${text}" search_in="var" variable="opening" assign_to="found"/>`;
  const asked = scenario.match(/<ereg regexp="\^.*/g)?.filter((each) => !each.includes('viaBelow'));
  expect(asked).toEqual([
    '<ereg regexp="^[^\\r]*" assign_to="opening"/>',
    '<ereg regexp="^[^\\r]*" assign_to="opening"/>',
    ...['INVITE sips?:[+]1[*]5@', 'OPTIONS ', 'ACK ', 'INVITE '].map(ofOpening),
    ...['0-1', '0-0', '[^@]*'].map((command) => ofOpening(`MESSAGE sip:secret-${command}@`)),
    ofOpening('INVITE '),
  ]);
  // The switch is asked first, and hands on what it does not concern.
  expect(scenario.match(/<(recv request="[.][*]" .*|nop next|label id)="(gate1|pass1|run\d)"/g)).toEqual([
    '<recv request=".*" regexp_match="true" next="gate1"',
    '<label id="pass1"',
    '<nop next="run0"',
    '<nop next="run2"',
    // What was a MESSAGE, and not of the harness.
    '<nop next="gate1"',
    '<nop next="pass1"',
    '<label id="run0"',
    '<label id="gate1"',
    '<nop next="run1"',
    '<nop next="pass1"',
    '<label id="run1"',
    '<label id="run2"',
  ]);
});

test('in a dialog the method alone leads on where it can, without a step between', () => {
  const calls = [
    interactionOf('released', basicCall('TCP', '1001') as Step[]),
    interactionOf('held', heldCall('TCP', '1001', 'caller') as Step[]),
  ];
  const scenario = destinationScenario(calls, { ...tcp, switches: [] });
  expect(section(scenario, 'run0', 'run0x0').match(/<(recv|nop|label).*/g)).toEqual([
    '<label id="run0"/>',
    '<recv request="ACK" optional="true"/>',
    '<label id="came0at1"/>',
    '<recv request="BYE" optional="true" next="run0x0">',
    '<recv request="INVITE" next="tell0INVITE">',
    '<label id="tell0INVITE"/>',
    '<nop next="run0x1" test="hit2x1"/>',
    '<nop next="end"/>',
  ]);
});

test('a refusal repeats what the request said and adds a To tag, but not to 100', () => {
  const scenario = destinationScenario([busy], { ...tcp, switches: [] });
  expect(section(scenario, 'run0', 'end')).toBe(`<label id="run0"/>
<send><![CDATA[

SIP/2.0 100 Trying[$via0][$viaBelow0][$from0][$to0]\nCall-ID: [call_id][$cseq0]
Content-Length: [len]


]]></send>
<send><![CDATA[

SIP/2.0 486 Busy Here[$via0][$viaBelow0][$from0][$to0];tag=[pid]-[call_number]\nCall-ID: [call_id][$cseq0]
Content-Length: [len]


]]></send>
<recv request="ACK" next="end"/>
<label id="came0at1"/>
<nop next="end"/>
`);
});

test('after a CANCEL its own 200 and the 487 of the INVITE repeat different requests', () => {
  const scenario = destinationScenario([interactionOf('cancel', cancelledCall('TCP', '1005') as Step[])], tcp);
  expect(scenario.match(/^SIP\/2\.0 (200|487).*\n.*/gm)?.slice(1)).toEqual([
    'SIP/2.0 200 OK[$via1][$viaBelow1][$from1][$to1];tag=[pid]-[call_number]\nCall-ID: [call_id][$cseq1]',
    'SIP/2.0 487 Request Terminated[$via0][$viaBelow0][$from0][$to0];tag=[pid]-[call_number]\nCall-ID: [call_id][$cseq0]',
  ]);
});

test('a final response to INVITE is repeated over UDP only', () => {
  expect(destinationScenario([busy], tcp)).not.toContain('retrans');
  const scenario = destinationScenario([busy], { ...tcp, transport: 'UDP' });
  expect(section(scenario, 'run0', 'end').match(/<send.*>/g)).toEqual(['<send>', '<send retrans="500">']);
});

test('a call that is up may last, and goes on beyond its interaction; who has yet to acknowledge has no longer than before', () => {
  const released = interactionOf('released', basicCall('TCP', '1001') as Step[]);
  const scenario = destinationScenario([released], { ...tcp, switches: [], callLimitMs: 60_000 });
  expect(section(scenario, 'run0', 'end').match(/<recv request.*>/g)).toEqual([
    '<recv request="ACK" optional="true"/>',
    '<recv request="BYE" timeout="60000" ontimeout="done">',
  ]);
  expect(scenario.match(/<recv .*optional="global".*>/g)).toEqual([
    '<recv request="^(BYE|INVITE)$" regexp_match="true" optional="global" next="anyTime">',
  ]);
  expect(destinationScenario([released], { ...tcp, switches: [] })).not.toMatch(/timeout|global/);
});

test('over UDP, what may come to a call at any time is taken only where it waits', () => {
  const released = interactionOf('released', basicCall('UDP', '1001') as Step[]);
  const scenario = destinationScenario([released], { ...tcp, transport: 'UDP', switches: [], callLimitMs: 60_000 });
  expect(scenario).not.toContain('global');
  expect(
    section(scenario, 'came0at1', 'end')
      .match(/<recv request.*>/g)
      ?.slice(0, 2),
  ).toEqual([
    '<recv request="^(INVITE)$" regexp_match="true" optional="true" next="anyTime" test="isSo" timeout="60000" ontimeout="done">',
    '<recv request="BYE" timeout="60000" ontimeout="done">',
  ]);
});

test('a request within the dialog goes to where the source is, by the names that it gave', () => {
  const leaving = interactionOf('leaving', releasedByCallee('TCP', '1011') as Step[]);
  const scenario = destinationScenario([leaving], { ...tcp, switches: [] });
  expect(section(scenario, 'run0', 'end')).toMatch(
    /^<label id="run0"\/>\n<nop>\n<action>\n<assignstr assign_to="opening" value="\[last_message\]"\/>/,
  );
  expect(section(scenario, 'run0', 'end')).toContain(`<recv request="ACK"/>
<label id="came0at1"/>
<nop>
<action>
<ereg regexp="\\r\\n([Ff][Rr][Oo][Mm]|[Ff]) *: *([^\\r]*)" search_in="var" variable="opening" assign_to="unused,unused,calling"/>
<ereg regexp="\\r\\n([Tt][Oo]|[Tt]) *: *([^\\r]*)" search_in="var" variable="opening" assign_to="unused,unused,called"/>`);
  expect(section(scenario, 'run0', 'end')).toContain(`<send start_txn="BYE1"><![CDATA[

BYE [$target] SIP/2.0[$route]
Via: SIP/2.0/TCP [local_ip]:[local_port];branch=z9hG4bK[pid]-[call_number]-1
From: [$called];tag=[pid]-[call_number]
To: [$calling]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: [len]


]]></send>
<recv response="200" response_txn="BYE1"/>
`);
});

test('a proxy that stays on the route says so above the hops before it', () => {
  const scenario = destinationScenario([interactionOf('routed', routedCall('TCP', '1017') as Step[])], tcp);
  expect(scenario.match(/^Record-Route.*/gm)).toEqual([
    'Record-Route: <sip:[local_ip]:[local_port];transport=[transport];lr>[$recordRoute0]',
    'Record-Route: <sip:[local_ip]:[local_port];transport=[transport];lr>[$recordRoute0]',
  ]);
});

test('a registration is answered with the contact that came', () => {
  const { register, registered } = registerSteps('UDP');
  const steps = [register({ dn: '1002', expires: 1800, turn: 1 }), registered(1)];
  const scenario = destinationScenario([interactionOf('registered', steps as Step[])], tcp);
  expect(scenario).toContain('Contact: [$registrant0];expires=1800');
});

test('what no dialog has is refused with 481, what nobody dials with 404, and the rest with 501', () => {
  const scenario = destinationScenario([alive], { ...tcp, switches: [] });
  expect(scenario.match(/<nop next="(done|stray\w+)" test.*\n.*\n<ereg regexp="[^"]*"/g)).toEqual([
    '<nop next="done" test="found">\n<action>\n<ereg regexp="^ACK "',
    '<nop next="strayInDialog" test="isSo">\n<action>\n<ereg regexp="; *tag="',
    '<nop next="strayInvite" test="found">\n<action>\n<ereg regexp="^INVITE "',
    // An OPTIONS of a dialog is none that asks whether the other end is there.
    '<nop next="strayInDialog" test="isSo">\n<action>\n<ereg regexp="; *tag="',
  ]);
  expect(scenario.match(/^SIP\/2\.0 [45]\d\d/gm)).toEqual(['SIP/2.0 501', 'SIP/2.0 481', 'SIP/2.0 404']);
});

describe('what cannot be served is refused', () => {
  const options = source({ method: 'OPTIONS', requestUri: 'sip:a', headers: {} });
  const response = destination({ status: 200, reason: 'OK', headers: { cseq: { number: 1, method: 'BYE' } } });

  test.each<[string, Interaction[], string]>([
    [
      'two that begin alike',
      [busy, interactionOf('other', refusedCall('TCP', '+1*5', 480, 'Not There') as Step[])],
      '"busy" and "other" begin with the same request; give them different numbers, or make a state of one a switch of the service mock',
    ],
    ['no request', [interactionOf('odd', [response])], '"odd" does not begin with a request of the source'],
    [
      'too many for one SIPp',
      Array.from({ length: 60 }, (_, at) => interactionOf(`call ${at}`, basicCall('TCP', `${2000 + at}`) as Step[])),
      'bytes, and SIPp reads no more than 65535; serve fewer contracts with one mock',
    ],
    ['an answer to nothing', [interactionOf('odd', [options, response])], '"odd", step 2: it answers no BYE before it'],
  ])('%s', (_name, interactions, message) => {
    expect(() => destinationScenario(interactions, tcp)).toThrow(message);
  });
});
