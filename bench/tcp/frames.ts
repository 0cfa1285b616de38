import type { TcpMessage } from '../../contracts/messages/tcp.ts';
import { defaultCodec } from '../../mocks/protocols/tcp/default-codec.ts';

/** How many requests there are, each under a reference id of its own; a connection sends them round and round. */
export const cycle = 16;

/** The first message of a session. */
export const opening = defaultCodec.encode({
  name: 'SessionOpen',
  attributes: { clientName: 'bench', clientApplicationType: 1, userName: 'bench', userPassword: 'a-password' },
});

const ids = Array.from({ length: cycle }, (_, index) => index + 1);

/** What is asked: for a skill that nobody has. */
export const requests: readonly Uint8Array[] = ids.map((referenceId) =>
  defaultCodec.encode({
    name: 'RequestReadObjects',
    referenceId,
    attributes: { ObjectType: 13, Filter: { name: 'absent' } },
  }),
);

/** The right answer to a request: nothing was found. */
export const answerTo = ({ referenceId = 0 }: TcpMessage): TcpMessage => ({
  name: 'EventObjectsSent',
  referenceId,
  attributes: {},
});

/** The right answers, in the order of the requests. */
export const answers: readonly Uint8Array[] = ids.map((referenceId) =>
  defaultCodec.encode(answerTo({ name: '', referenceId, attributes: {} })),
);
