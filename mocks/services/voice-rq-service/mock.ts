import type { TcpServiceMock } from '../../protocols/tcp/service.ts';
import { RqSession } from './session.ts';
import { states } from './states.ts';
import { createRqWorld, type RqWorld } from './world.ts';

/** The Voice RQ Service: one node, with the streams that its four kinds of client share. */
const voiceRqService: TcpServiceMock<RqWorld> = {
  system: 'Voice RQ Service',
  states,
  notModelled: [
    'more than one node: pairs, elections and their nodes are what the states say',
    'Redis behind the node: streams live as long as the mock, without retention or limit of length',
    'tenants and clients: every client reads and adds to every stream',
    'a repeated command is carried out again; readers are the ones to notice',
  ],
  createWorld: createRqWorld,
  accept: (world, session) => new RqSession(world, session),
};

export default voiceRqService;
