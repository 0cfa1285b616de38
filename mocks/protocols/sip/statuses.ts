import { progressStatuses } from './progress.ts';

/** What may be heard of a call before its final response (RFC 3261, section 21.1; RFC 6228). */
export const provisionals: readonly number[] = [...progressStatuses, 199];

/** Final responses that refuse (IANA, "Response Codes" of SIP). SIPp has to be told each that it may get. */
export const refusals: readonly number[] = [
  ...[300, 301, 302, 305, 380],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 412, 413, 414, 415, 416, 417, 420, 421, 422, 423, 424, 425],
  ...[428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 484, 485, 486, 487, 488, 489, 491],
  ...[493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 600, 603, 604, 606, 607, 608],
];
