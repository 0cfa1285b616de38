/** PostgreSQL: the vendor's schema is not public. Tables and columns follow public community SQL and documented filter keys. */
export const postgres = {
  schema: 'cfg',
  tables: {
    tenant: 'cfg.cfg_tenant',
    switch: 'cfg.cfg_switch',
    dn: 'cfg.cfg_dn',
    person: 'cfg.cfg_person',
    agentLogin: 'cfg.cfg_agent_login',
    loginInfo: 'cfg.cfg_login_info',
    option: 'cfg.cfg_flex_prop',
  },
  /** A role that reads configuration and writes none; the Tenant Service's own role and database bear the tenant's name. */
  reader: 'vm_cfg_reader',
} as const;
