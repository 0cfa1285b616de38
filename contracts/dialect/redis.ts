/** Redis: keys and streams. Every key carries its tenant's UUID as hash tag, so that a cluster keeps a tenant together. */
export const redis = {
  config: {
    /** What all keys of one tenant's configuration begin with. */
    prefix: (tenant: string) => `config:{${tenant}}:`,
    tenant: (tenant: string) => `config:{${tenant}}:tenant`,
    dn: (tenant: string, number: string) => `config:{${tenant}}:dn:${number}`,
    person: (tenant: string, employeeId: string) => `config:{${tenant}}:person:${employeeId}`,
    /** Counts the committed changes. */
    revision: (tenant: string) => `config:{${tenant}}:rev`,
    changes: (tenant: string) => `config:{${tenant}}:changes`,
    changesMaxLength: 10_000,
    changed: 'ConfigObjectChanged',
  },
  newCalls: {
    stream: (tenant: string) => `ors:{${tenant}}:new`,
    deadLetters: (tenant: string) => `ors:{${tenant}}:new:dead`,
    maxLength: 100_000,
    readers: 'ors',
  },
  /** The version that stands in `v` of every stream entry. */
  entrySchema: '1',
} as const;
