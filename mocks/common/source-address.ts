import { createHmac } from 'node:crypto';
import { systemSlug } from '../../contracts/architecture.ts';
import type { Contract } from '../../contracts/contract.ts';
import { rowOf } from '../../contracts/parts.ts';
import type { Address } from '../adapter.ts';

/** The user of a connection's source, or of a part of it: of the system that dials, where the row is printed the other way round. */
export function userName(contract: Pick<Contract, 'connection' | 'part'>): string {
  const part = contract.part === undefined ? '' : `-${contract.part.name}`;
  return `r${contract.connection}${part}-${systemSlug(rowOf(contract).dials)}`;
}

/**
 * The address with the login of a connection's source. Its password follows from the administrator's, so that everybody
 * who may know the one can work out the other; where the administrator needs none, nothing is hidden from anybody.
 * @param at with the password of the administrator, if there is one
 */
export function sourceAddress(
  contract: Pick<Contract, 'connection' | 'part'>,
  at: Address,
): Address & { user: string; password: string } {
  const user = userName(contract);
  return {
    ...at,
    user,
    password: createHmac('sha256', `voxpact ${at.password ?? ''}`)
      .update(user)
      .digest('hex'),
  };
}
