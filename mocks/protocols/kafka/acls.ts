import {
  type Acl,
  AclOperations,
  AclPermissionTypes,
  type Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import { type Address, UnattainableStateError } from '../../adapter.ts';
import { adminClient, brokerAnswer, clientFailure } from './client.ts';
import { until } from './until.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const SECURITY_DISABLED = 54;

/** What nobody may do on a broker, whatever rights they have; only those who manage it are above its rules. */
export class Acls {
  readonly #at: Address;
  readonly #admin: Admin;

  constructor(at: Address) {
    this.#at = at;
    this.#admin = adminClient(at, REQUEST_TIMEOUT_MS);
  }

  /**
   * Closes a group to readers: they may look at it, and not join it. A rule that denies goes before all that allow.
   * @returns how to open it again
   * @throws UnattainableStateError on a broker that has no rules
   */
  async closeGroup(group: string): Promise<() => Promise<void>> {
    const rule: Acl = {
      resourceType: ResourceTypes.GROUP,
      resourceName: group,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:*',
      host: '*',
      operation: AclOperations.READ,
      permissionType: AclPermissionTypes.DENY,
    };
    const open = async () => {
      await this.#ask(`the end of the rule for group ${group}`, () => this.#admin.deleteAcls({ filters: [rule] }));
      await until(this.#at, `group ${group} to be open`, async () => !(await this.#holds(rule)));
    };
    try {
      await this.#ask(`a rule for group ${group}`, () => this.#admin.createAcls({ creations: [rule] }));
      await until(this.#at, `group ${group} to be closed`, () => this.#holds(rule));
    } catch (error) {
      // Where the answer is lost the rule may hold all the same.
      await open().catch(() => {});
      throw error;
    }
    return open;
  }

  /** The controller makes rules; they hold once the broker itself lists them. */
  async #holds(rule: Acl): Promise<boolean> {
    return (await this.#admin.describeAcls({ filter: rule })).length > 0;
  }

  async close(): Promise<void> {
    await this.#admin.close();
  }

  async #ask<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (brokerAnswer(error)?.code !== SECURITY_DISABLED) {
        throw clientFailure(error, this.#at, doing, REQUEST_TIMEOUT_MS);
      }
      const sentence = `the Kafka broker at ${this.#at.host}:${this.#at.port} has no authorizer, so nothing can be closed there`;
      throw new UnattainableStateError(sentence, { cause: error });
    }
  }
}
