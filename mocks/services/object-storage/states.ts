import { emptyWav, emptyWavBytes, states } from '../../../contracts/common/object-storage.ts';
import type { ProviderState } from '../../../contracts/contract.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { StateHandler, StateSet } from '../../adapter.ts';
import type { ObjectFixtures } from './objects.ts';
import type { OpenStore, StorageWorld } from './world.ts';

type Handler = StateHandler<StorageWorld>;

/** How the objects of a store are reached, by its own protocol. */
type ObjectsOf = (store: OpenStore) => ObjectFixtures;

/** Where the objects of a state's mailbox are. */
interface Mailbox {
  objects: ObjectFixtures;
  file: string;
  message(id: unknown): string;
}

const wavBytes = Buffer.from(emptyWav, 'base64');

/** A recording of so many bytes. */
const wavOf = (length: ProviderState['params'][string] = emptyWavBytes) => Buffer.concat([wavBytes], Number(length));

type Values = StateSet['values'];

const none: Values = {};

type SetMailbox = (mailbox: Mailbox, params: ProviderState['params']) => Promise<Values>;

/** A state of one mailbox. Its undo takes away what has come since, from the state itself or from a source. */
function mailboxState(objectsOf: ObjectsOf, set: SetMailbox): Handler {
  return async (world, params) => {
    const objects = objectsOf(await world.store());
    const [tenant, number] = [String(params.tenantUuid), String(params.mailbox)];
    const { messages, mailbox } = dialect.http.objectStorage;
    const prefix = messages(tenant, number);
    const file = mailbox(tenant, number);
    const present = async () => [...(await objects.names(prefix)), ...(await objects.names(file))];
    await objects.ensureContainer();
    const before = new Set(await present());
    const values = await set({ objects, file, message: (id) => `${prefix}${id}.wav` }, params);
    const undo = async () => {
      const added = (await present()).filter((name) => !before.has(name));
      await Promise.all(added.map((name) => objects.delete(name)));
    };
    return { values, undo };
  };
}

/** Two writes, so that there is an ETag that was good once. */
async function writeMailboxTwice({ objects, file }: Mailbox): Promise<{ staleEtag: string; etag: string }> {
  const write = (revision: number) => objects.put(file, 'application/json', Buffer.from(JSON.stringify({ revision })));
  return { staleEtag: await write(1), etag: await write(2) };
}

/** What a mailbox is made to hold, by the name of the state. */
const mailboxStates: Readonly<Record<string, SetMailbox>> = {
  [states.containerExists.name]: async () => none,
  [states.messageExists.name]: async ({ objects, message }, { messageId, length }) => {
    await objects.put(message(messageId), 'audio/wav', wavOf(length));
    return none;
  },
  [states.messageMissing.name]: async ({ objects, message }, { messageId }) => {
    await objects.delete(message(messageId));
    return none;
  },
  [states.mailboxHasEtag.name]: writeMailboxTwice,
  [states.mailboxHasNewEtag.name]: writeMailboxTwice,
  [states.twoMessagesExist.name]: async ({ objects, message }, { messageId, otherMessageId }) => {
    await objects.put(message(messageId), 'audio/wav', wavBytes);
    await objects.put(message(otherMessageId), 'audio/wav', wavBytes);
    return none;
  },
};

/** What a store cannot be made to do, and its gateway does. */
const ofGateways: Readonly<Record<string, Handler>> = {
  [states.keyRotated.name]: (world) => {
    const before = world.acceptedKey;
    world.rotateKey();
    return {
      undo: async () => {
        world.acceptedKey = before;
      },
    };
  },
  [states.busy.name]: (world) => {
    world.busy = true;
    return {
      undo: async () => {
        world.busy = false;
      },
    };
  },
};

/** The provider states of both parts of connection 24. */
export function storageStates(objectsOf: ObjectsOf): Readonly<Record<string, Handler>> {
  const ofMailboxes = Object.entries(mailboxStates).map(([name, set]) => [name, mailboxState(objectsOf, set)]);
  return { ...Object.fromEntries(ofMailboxes), ...ofGateways };
}
