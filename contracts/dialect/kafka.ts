/** Kafka: topics. This one is public, with its key and the events on it; a site may still put its own name before it. */
export const kafka = {
  topics: { callThread: 'voice-callthread' },
} as const;
