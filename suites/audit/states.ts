import { state } from '../../contracts/contract.ts';
import type { SetState } from '../../harness/verify/interaction.ts';
import { stateChangeUrl } from '../../harness/verify/state-change.ts';
import { adapterFor, serviceMock } from '../../mocks/registry.ts';
import { closingPeer, httpPeer, nobody, type Peer, silentPeer, withPeer } from './bad-peers.ts';
import { only, verifyContracts, verifyHere } from './run.ts';
import { broken, type Situation, unproven } from './situation.ts';

const description = 'read a tenant that does not exist';

/** A destination whose mock is all right, with another way to set its states. */
async function withStates(changed: (set: SetState) => SetState, asked = description) {
  const contract = await only(26, asked);
  const service = await serviceMock(contract);
  if (service === undefined) throw new Error('Config Service has no mock');
  const adapter = await adapterFor('HTTP');
  const mock = await adapter.serve({ contracts: [contract], service, listen: { host: '127.0.0.1', port: 0 } });
  try {
    const setState = changed((each) => mock.setState(each));
    return await verifyContracts([contract], 'destination', { foreign: { at: mock.address, setState } });
  } finally {
    await mock.close();
  }
}

const withUrl = (
  name: string,
  started: () => Promise<Peer>,
  sentence: string | RegExp,
  timeoutMs = 20_000,
): Situation => ({
  name: `a state-change URL ${name}`,
  happen: () =>
    withPeer(started(), ({ at }) =>
      withStates(() => stateChangeUrl(`http://${at}/states`, new AbortController().signal, timeoutMs)),
    ),
  ...unproven,
  sentence,
});

const answering = (status: number, body: string) => () =>
  httpPeer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(body));
  });

const onlySetupAnswers = () =>
  httpPeer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => response.writeHead(body.includes('teardown') ? 500 : 204).end());
  });

const unknown = (wire: string, number: number, interaction: string, sentence: string | RegExp): Situation => ({
  name: `a state that the mock does not know, ${wire}`,
  happen: async () =>
    verifyContracts([await only(number, interaction, { given: [state('the moon is full')] })], 'destination', {}),
  ...unproven,
  sentence,
});

/** Trouble with provider states: nothing was proven, whatever the destination would have answered. */
export const states: readonly Situation[] = [
  {
    name: 'a destination whose states nobody can set',
    happen: () => withPeer(nobody(), ({ at }) => verifyHere('26', '--at', at)),
    ...unproven,
    sentence:
      'nobody can set the provider state "tenant t100 does not exist" there; give its state-change URL with --states',
  },
  unknown('HTTP', 26, description, /has no handler for the state "the moon is full"; it has: /),
  unknown('TCP', 3, 'read all persons', /"the moon is full"/),
  unknown(
    'Redis',
    49,
    'a new inbound call at a routing point is streamed with ANI and DNIS',
    'Redis has no state "the moon is full"',
  ),
  unknown(
    'PostgreSQL',
    13,
    'a DN is found by its switch and number',
    'PostgreSQL has no provider state "the moon is full"',
  ),
  unknown('SIP', 51, 'OPTIONS is answered while the proxy is in service', 'has no state "the moon is full"'),
  {
    name: 'a state handler that fails',
    happen: () => withStates(() => () => Promise.reject(new Error('the database of the fixtures is gone'))),
    ...unproven,
    sentence: 'the database of the fixtures is gone',
  },
  {
    name: 'a state that cannot be undone',
    happen: () =>
      withStates((set) => async (each) => ({
        ...(await set(each)),
        undo: () => Promise.reject(new Error('the row is locked')),
      })),
    ...unproven,
    sentence: 'the provider states could not be undone: the row is locked',
  },
  {
    name: 'a broken contract whose state cannot be undone either',
    happen: () =>
      // Redis is not lost, and so the answer is 200.
      withStates(
        () => async () => ({ values: {}, undo: () => Promise.reject(new Error('the row is locked')) }),
        'read the own tenant while the service has lost Redis',
      ),
    ...broken,
    sentence: /expected 503, got 200(.|\n)*the provider states could not be undone: the row is locked/,
  },
  withUrl('where nobody listens', nobody, /the state-change URL http:\S+ did not answer: .*ECONNREFUSED/),
  withUrl('that hangs up', closingPeer, /the state-change URL http:\S+ did not answer: /),
  withUrl('that never answers', silentPeer, /the state-change URL http:\S+ did not answer within 300 ms/, 300),
  withUrl(
    'that answers 500',
    answering(500, 'no such fixture'),
    /answered 500 to \{"state":.*"setup"\}: no such fixture/,
  ),
  withUrl(
    'that answers garbage',
    answering(200, '<html>'),
    /answered "<html>"; expected nothing, or the state's values as a JSON object/,
  ),
  withUrl('that answers a list', answering(200, '[1]'), /answered "\[1\]"; expected nothing, or the state's values/),
  withUrl(
    'that answers too much',
    answering(200, 'x'.repeat(2 * 1024 * 1024)),
    /its answer is larger than 1048576 bytes/,
  ),
  withUrl(
    'that sets a state and cannot undo it',
    onlySetupAnswers,
    /the provider states could not be undone: .* answered 500 to .*"teardown"/,
  ),
];
