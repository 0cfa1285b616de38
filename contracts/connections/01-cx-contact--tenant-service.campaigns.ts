import { type Attributes, answer, event, request, type StepOptions } from '../common/tcp-steps.ts';
import { sessions, userPassword, userValid } from '../common/tenant-session.ts';
import {
  documented,
  type FreePart,
  type Interaction,
  inferred,
  type ProviderState,
  type Step,
  state,
} from '../contract.ts';
import { defineContract } from '../define-contract.ts';
import { dialect } from '../dialect.ts';
import { integer, notEmpty, regex, string, text } from '../matchers.ts';
import type { TcpMessage } from '../messages/tcp.ts';
import { world } from '../world.ts';

const { requests, events, statuses, dialModes, optimizations } = dialect.tcp.campaigns;
const { campaign, applications } = world;

const publicClients =
  'Public clients of the Platform SDK, OutboundServer protocol: requests, events and their attributes';
const refusalInferred = inferred('EventError answers what cannot be carried out; which code it has is not published');

const group: Attributes = { CampaignId: campaign.dbid, GroupId: campaign.groupDbid };
const unknownGroup: Attributes = { ...group, GroupId: 9_999 };
/** The member of an enumeration by its name (assumed); which members there are is not published. */
const status = (example: string) => ({ GroupCampaignStatus: text(notEmpty(example)) });

/** One of a list of names. */
const oneOf = ([first, ...others]: readonly [string, ...string[]]) =>
  text(regex(`^(${[first, ...others].join('|')})$`, first));

/** How the group dials; each mode is optimised towards a goal. */
const dialing = { DialMode: oneOf(dialModes), OptimizeBy: oneOf(optimizations), OptimizeGoal: integer(85) };

const control = (id: number, name: string, of = group, options: StepOptions = {}) => request(id, name, of, options);
const start = (id: number): Step<TcpMessage> => request(id, requests.start, { ...group, ...dialing });
const askStatus = (id: number): Step<TcpMessage> => request(id, requests.status, { CampaignId: campaign.dbid });
const stoppedByItself = event(events.status, { ...group, ...status(statuses.loaded) });
const statusInferred = inferred(
  'a status is told without a reference id when nobody asked, so it may come at any time',
);
const refused = (id: number): Step<TcpMessage> =>
  answer(id, dialect.tcp.error, { code: integer(1), text: string('the campaign group is not loaded') });

const given = (...states: ProviderState[]): ProviderState[] => [userValid, ...states];
const groupIs = (progress: keyof typeof statuses): ProviderState =>
  state('the campaign group has a status', { campaign: campaign.dbid, group: campaign.groupDbid, status: progress });

/** A request that the group's status allows. */
const carriedOut = (
  description: string,
  progress: keyof typeof statuses,
  asked: Step<TcpMessage>,
  done: string,
  after: keyof typeof statuses,
): Interaction<TcpMessage> => ({
  description,
  basis: documented(publicClients),
  given: given(groupIs(progress)),
  steps: [asked, answer(1, done, status(statuses[after]))],
});

/** A request that has to wait for another, or is about nothing. */
const notCarriedOut = (
  description: string,
  asked: Step<TcpMessage>,
  progress: keyof typeof statuses = 'unloaded',
): Interaction<TcpMessage> => ({
  description,
  basis: refusalInferred,
  given: given(groupIs(progress)),
  negative: true,
  steps: [asked, refused(1)],
});

const life: Interaction<TcpMessage>[] = [
  carriedOut('load a campaign group', 'unloaded', control(1, requests.load), events.loaded, 'loaded'),
  carriedOut('start dialing', 'loaded', start(1), events.started, 'running'),
  carriedOut('stop dialing', 'running', control(1, requests.stop), events.stopped, 'loaded'),
  carriedOut('unload a campaign group', 'loaded', control(1, requests.unload), events.unloaded, 'unloaded'),
  carriedOut(
    'unload a campaign group by force while it dials',
    'running',
    control(1, requests.forceUnload),
    events.unloaded,
    'unloaded',
  ),
  carriedOut('ask for the status of a campaign', 'running', askStatus(1), events.status, 'running'),
  {
    description: 'a campaign group goes from loading to unloading in one session',
    basis: documented(publicClients),
    given: given(groupIs('unloaded')),
    steps: [
      control(1, requests.load),
      answer(1, events.loaded, status(statuses.loaded)),
      start(2),
      answer(2, events.started, status(statuses.running)),
      control(3, requests.stop),
      answer(3, events.stopped, status(statuses.loaded)),
      control(4, requests.unload),
      answer(4, events.unloaded, status(statuses.unloaded)),
    ],
  },
  {
    description: 'a status that changes by itself is told to whoever has a session',
    basis: statusInferred,
    given: given(groupIs('loaded'), state('the campaign group stops by itself once it dials')),
    steps: [start(1), answer(1, events.started, status(statuses.running)), stoppedByItself],
  },
  {
    description: 'a status that is told between a request and its answer is not taken for the answer',
    only: { side: 'source', reason: 'a destination is not bound to tell a change just then' },
    basis: statusInferred,
    given: given(groupIs('running'), state('the campaign group stops by itself while its status is asked for')),
    steps: [
      askStatus(1),
      stoppedByItself,
      answer(1, events.status, status(statuses.loaded)),
      control(2, requests.unload),
      answer(2, events.unloaded, status(statuses.unloaded)),
    ],
  },
];

const onlyTheName: readonly FreePart[] = ['code', 'text', 'GroupCampaignStatus'].map((name) => ({
  path: `$.attributes.${name}`,
  reason: 'whether the request is refused or put off is not published, so neither is what the answer says',
}));

const refusals: Interaction<TcpMessage>[] = [
  notCarriedOut('a campaign group that does not exist cannot be loaded', control(1, requests.load, unknownGroup)),
  notCarriedOut('dialing cannot start before the group is loaded', start(1)),
  notCarriedOut('dialing that has not started cannot be stopped', control(1, requests.stop), 'loaded'),
  {
    description: 'an unload while the group dials is refused or put off, and the stop after it is carried out',
    basis: inferred('which of the two is not published, but that there is a request to unload by force is'),
    given: given(groupIs('running')),
    negative: true,
    free: onlyTheName,
    steps: [
      control(1, requests.unload, group, { lane: 'unload' }),
      answer(1, oneOf([dialect.tcp.error, events.unloaded]), {}, { lane: 'unload' }),
      control(2, requests.stop, group, { lane: 'stop' }),
      answer(2, events.stopped, {}, { lane: 'stop' }),
    ],
  },
];

/** Control of campaign groups at run time. The table gives the port; that it is OCS follows from its purpose. */
export default defineContract<TcpMessage>({
  connection: 1,
  part: { name: 'campaigns' },
  port: 5050,
  interactions: [
    ...sessions({
      name: 'campaign',
      identity: { clientName: string(applications.webServices.name), userName: string('cxc'), userPassword },
      given: [userValid],
      refused: { given: state('the CME user is refused'), reason: 'the user name or the password is wrong' },
      documents: 'public clients give a client name, a user and a password',
    }),
    ...life,
    ...refusals,
  ],
});
