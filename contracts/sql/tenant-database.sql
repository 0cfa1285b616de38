-- A tenant database as connection 13 has it. The constraints are of the contract; the vendor publishes no schema.
CREATE SCHEMA cfg;

CREATE TABLE cfg.cfg_tenant (
  dbid integer NOT NULL,
  name varchar(255) NOT NULL UNIQUE,
  is_service_provider smallint NOT NULL CHECK (is_service_provider IN (1, 2)),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  tenant_uuid uuid NOT NULL,
  PRIMARY KEY (dbid)
);

CREATE TABLE cfg.cfg_switch (
  dbid integer NOT NULL,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  name varchar(255) NOT NULL,
  state smallint NOT NULL CHECK (state IN (1, 2)),
  PRIMARY KEY (dbid)
);

CREATE TABLE cfg.cfg_dn (
  dbid integer NOT NULL,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  switch_dbid integer NOT NULL REFERENCES cfg.cfg_switch,
  type smallint NOT NULL,
  dn_number varchar(255) NOT NULL,
  name varchar(255),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  PRIMARY KEY (dbid),
  UNIQUE (switch_dbid, dn_number, type)
);

CREATE TABLE cfg.cfg_person (
  dbid integer NOT NULL,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  employee_id varchar(64) NOT NULL,
  user_name varchar(255) NOT NULL UNIQUE,
  first_name varchar(64),
  last_name varchar(64),
  email varchar(255),
  password varchar(255),
  is_agent smallint NOT NULL CHECK (is_agent IN (1, 2)),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  PRIMARY KEY (dbid),
  UNIQUE (tenant_dbid, employee_id)
);

CREATE TABLE cfg.cfg_agent_login (
  dbid integer NOT NULL,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  switch_dbid integer NOT NULL REFERENCES cfg.cfg_switch,
  login_code varchar(255) NOT NULL,
  state smallint NOT NULL CHECK (state IN (1, 2)),
  PRIMARY KEY (dbid),
  UNIQUE (switch_dbid, login_code)
);

-- Which person uses which agent login. The link goes with either of the two.
CREATE TABLE cfg.cfg_login_info (
  person_dbid integer NOT NULL REFERENCES cfg.cfg_person ON DELETE CASCADE,
  agent_login_dbid integer NOT NULL UNIQUE REFERENCES cfg.cfg_agent_login ON DELETE CASCADE,
  PRIMARY KEY (person_dbid, agent_login_dbid)
);

-- Options of objects of any type, so no single table can be referred to.
CREATE TABLE cfg.cfg_flex_prop (
  object_dbid integer NOT NULL,
  object_type smallint NOT NULL,
  section varchar(255) NOT NULL,
  prop_name varchar(255) NOT NULL,
  prop_value text,
  PRIMARY KEY (object_type, object_dbid, section, prop_name)
);

REVOKE UPDATE ON cfg.cfg_dn FROM CURRENT_USER;
GRANT UPDATE (name, state) ON cfg.cfg_dn TO CURRENT_USER;

REVOKE UPDATE ON cfg.cfg_person FROM CURRENT_USER;
GRANT UPDATE (employee_id, user_name, first_name, last_name, email, password, state) ON cfg.cfg_person TO CURRENT_USER;

REVOKE UPDATE ON cfg.cfg_agent_login FROM CURRENT_USER;
GRANT UPDATE (login_code, state) ON cfg.cfg_agent_login TO CURRENT_USER;

ALTER TABLE cfg.cfg_dn ENABLE ROW LEVEL SECURITY;
ALTER TABLE cfg.cfg_dn FORCE ROW LEVEL SECURITY;
CREATE POLICY rows_by_tenant_dbid ON cfg.cfg_dn USING (tenant_dbid = current_setting('vm.tenant_dbid', true)::integer);

GRANT USAGE ON SCHEMA cfg TO vm_cfg_reader;

GRANT SELECT ON cfg.cfg_tenant TO vm_cfg_reader;

GRANT SELECT ON cfg.cfg_switch TO vm_cfg_reader;

GRANT SELECT ON cfg.cfg_dn TO vm_cfg_reader;

GRANT SELECT (dbid, tenant_dbid, employee_id, user_name, first_name, last_name, is_agent, state) ON cfg.cfg_person TO vm_cfg_reader;

GRANT SELECT ON cfg.cfg_agent_login TO vm_cfg_reader;

GRANT SELECT ON cfg.cfg_login_info TO vm_cfg_reader;
