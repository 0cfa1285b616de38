import { documented, type Interaction, inferred, type ProviderState, state } from '../contract.ts';
import { dialect } from '../dialect.ts';
import { string, type Template } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';
import { world } from '../world.ts';
import { sdkPage } from './configuration.ts';
import { type Attributes, answer, event, request } from './tcp-steps.ts';

/** How clients of the configuration follow its changes (2 and 5). */

const { requests, events, subscription, delta } = dialect.tcp.configuration;

const notificationPage = sdkPage('RequestRegisterNotification, EventNotificationRegistered');
const deltaPage =
  'Configuration Layer Objects Reference, CfgEventType: what is unchanged is left out, what became empty is stated';

/** The kind of object that is followed, with one of them. */
export interface Followed {
  objectType: number;
  dbid: number;
  /** A property of it that changes, and its other value. */
  property: string;
  value: string;
}

const wish = ({ objectType }: Followed): Attributes => ({
  Subscription: { [subscription.objectType]: objectType, [subscription.tenant]: world.tenant.dbid },
});

/** Asks for the changes of the objects, and is told that they will come. */
export const follow = (id: number, followed: Followed) => [
  request(id, requests.follow, wish(followed)),
  answer(id, events.followed, {}),
];

const unfollow = (id: number, followed: Followed) => [
  request(id, requests.unfollow, wish(followed)),
  answer(id, events.unfollowed, {}),
];

const updated = ({ objectType, dbid, property }: Followed, value: Template<TcpValue>) =>
  event(events.updated, { ObjectType: objectType, [delta]: { DBID: dbid, changed: { [property]: value } } });

/** The object changes as soon as somebody follows it. */
const changes = ({ objectType, dbid, property }: Followed, value: string): ProviderState =>
  state('an object changes once it is followed', { objectType, dbid, property, value });

/** A change reaches the client that has asked for it. */
export const toldOfChange = (followed: Followed, given: readonly ProviderState[]): Interaction<TcpMessage> => ({
  description: 'a change is told to whoever has asked for it, with what has changed and no more',
  basis: documented(`${notificationPage}; ${deltaPage}. The keys of the subscription are assumed`),
  given: [...given, changes(followed, followed.value)],
  steps: [...follow(1, followed), updated(followed, string(followed.value))],
});

/** The other things that may happen to the objects, and the end of the subscription. */
export const otherChanges = (
  followed: Followed,
  created: Attributes,
  given: readonly ProviderState[],
): Interaction<TcpMessage>[] => [
  {
    description: 'a property that became empty is stated as empty, not left out',
    basis: documented(deltaPage),
    given: [...given, changes(followed, '')],
    steps: [...follow(1, followed), updated(followed, '')],
  },
  {
    description: 'a new object is told with all that it has',
    basis: documented(`${sdkPage('EventObjectCreated')}; that it comes without a reference id is inferred`),
    given: [...given, state('an object is created once its type is followed', { objectType: followed.objectType })],
    steps: [...follow(1, followed), event(events.created, { ObjectType: followed.objectType, ConfObject: created })],
  },
  {
    description: 'an object that is deleted is told by its DBID',
    basis: inferred(`${sdkPage('EventObjectDeleted')}; its attributes follow from the request that deletes`),
    given: [
      ...given,
      state('an object is deleted once it is followed', { objectType: followed.objectType, dbid: followed.dbid }),
    ],
    steps: [...follow(1, followed), event(events.deleted, { ObjectType: followed.objectType, DBID: followed.dbid })],
  },
  {
    description: 'a subscription that was given up tells nothing more: asked for anew, a change comes once',
    basis: inferred('RequestUnregisterNotification is the counterpart of RequestRegisterNotification'),
    given: [...given, changes(followed, followed.value)],
    negative: true,
    steps: [
      ...follow(1, followed),
      updated(followed, string(followed.value)),
      ...unfollow(2, followed),
      ...follow(3, followed),
      updated(followed, string(followed.value)),
    ],
  },
];
