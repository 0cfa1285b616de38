import type { StateHandler } from '../../../adapter.ts';
import { changed } from '../../../common/changed.ts';
import { count, text } from '../params.ts';
import { type Condition, callsIn, type RoutingWorld } from './world.ts';

type Handler = StateHandler<RoutingWorld>;

const conditionIs =
  (condition: Condition): Handler =>
  (world) =>
    changed(world, { condition });

const queueHolds: Handler = (world, params) => {
  const queue = text(params, 'queue');
  const others = world.calls.filter((each) => each.queue !== queue);
  return changed(world, { calls: [...others, ...callsIn(queue, count(params, 'calls'))] });
};

/** The provider states of the Universal Routing Server. */
export const routingStates: Readonly<Record<string, Handler>> = {
  'the virtual queue holds calls': queueHolds,
  'the group of queues holds calls': queueHolds,
  'the call waits in the virtual queue': (world, params) => {
    const call = { connId: text(params, 'connId'), queue: text(params, 'queue') };
    const others = world.calls.filter(({ connId }) => connId !== call.connId);
    return changed(world, { calls: [...others, call] });
  },
  'URS knows no such call': (world, params) =>
    changed(world, { calls: world.calls.filter(({ connId }) => connId !== text(params, 'connId')) }),
  'the strategy is loaded': (world, params) =>
    changed(world, { strategies: [...world.strategies, text(params, 'strategy')] }),
  'URS fails': conditionIs('failing'),
  'URS does not answer': conditionIs('silent'),
  'no URS is up': conditionIs('down'),
};
