import type { TcpMessage } from '../../../contracts/messages/tcp.ts';
import type { ServiceMock } from '../../adapter.ts';

/** One session as a service mock sees it. */
export interface TcpSession {
  /** Sends an event that nobody asked for, or an answer that took its time. Nothing happens when the session is over. */
  push(message: TcpMessage): void;
  /** Breaks the connection off without a good-bye, after what was sent. */
  hangUp(): void;
  /** Aborted when the session is over, by whichever side: time to stop pushing. */
  signal: AbortSignal;
}

/** What a service mock does with the messages of one session. */
export interface TcpHandler {
  /**
   * Answers a message of a contract, the request for a session included. The answers are sent in order and together.
   * An answer that opens or rejects the session changes its state; a rejected one is closed afterwards.
   */
  onMessage(message: TcpMessage): readonly TcpMessage[] | undefined | Promise<readonly TcpMessage[] | undefined>;
  /** The protocol's own way to say no, for a message that is in no contract. @param reason one sentence */
  refuse(message: TcpMessage, reason: string): TcpMessage;
}

/** A service mock that speaks TCP. */
export interface TcpServiceMock<World = never> extends ServiceMock<World> {
  /** A new world: what the mock knows before any state is set. One for each server, or for all ports of one. */
  createWorld(): World;
  /**
   * Called for each connection.
   * @param port the documented one of what is served there, wherever it listens; it tells which protocol is spoken
   */
  accept(world: World, session: TcpSession, port?: number): TcpHandler;
}

/** Whether a service mock can speak TCP. */
export function isTcpServiceMock(service: ServiceMock): service is TcpServiceMock<unknown> {
  return 'accept' in service && 'createWorld' in service;
}
