import type { StateSet } from '../../adapter.ts';
import { changed } from '../../common/changed.ts';
import { tellStates } from './statistics/values.ts';
import type { TenantWorld } from './world.ts';

/** What a source does that something may follow by itself. */
export type Occasion =
  | 'type followed'
  | 'DN registered'
  | 'statistic opened'
  | 'status asked for'
  | 'dialing started'
  | 'call made';

/** What happens in the world without a request for it. */
export type Happening = (world: TenantWorld) => void;

/** Lets happen what the provider states have prepared for this occasion, after the answer that is being given. */
export function happen(world: TenantWorld, occasion: Occasion): void {
  const happening = world.happenings.get(occasion);
  if (happening === undefined) return;
  setImmediate(() => {
    // Unless the state was undone meanwhile.
    if (world.happenings.get(occasion) !== happening) return;
    happening(world);
    tellStates(world);
  });
}

/** Like {@link happen}, but before the answer. */
export function happenAtOnce(world: TenantWorld, occasion: Occasion): void {
  world.happenings.get(occasion)?.(world);
}

/** A provider state in which something happens by itself. */
export function prepared(world: TenantWorld, occasion: Occasion, happening: Happening): Pick<StateSet, 'undo'> {
  return changed(world, { happenings: new Map(world.happenings).set(occasion, happening) });
}
