-- A tenant's configuration database. The vendor's schema is not public: tables and columns follow public community SQL, and
-- the constraints are the harness's own, so that the server refuses what the object rules forbid.
-- Every tenant has a database and a role of its own; row security keeps rows of others out of it all the same.

CREATE SCHEMA cfg;

CREATE TABLE cfg.cfg_tenant (
  dbid integer PRIMARY KEY,
  name varchar(255) NOT NULL UNIQUE,
  is_service_provider smallint NOT NULL CHECK (is_service_provider IN (1, 2)),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  tenant_uuid uuid NOT NULL
);

CREATE TABLE cfg.cfg_switch (
  dbid integer PRIMARY KEY,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  name varchar(255) NOT NULL,
  state smallint NOT NULL CHECK (state IN (1, 2))
);

CREATE TABLE cfg.cfg_dn (
  dbid integer PRIMARY KEY,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  switch_dbid integer NOT NULL REFERENCES cfg.cfg_switch,
  type smallint NOT NULL,
  dn_number varchar(255) NOT NULL,
  name varchar(255),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  UNIQUE (switch_dbid, dn_number, type)
);

CREATE TABLE cfg.cfg_person (
  dbid integer PRIMARY KEY,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  employee_id varchar(64) NOT NULL,
  user_name varchar(255) NOT NULL UNIQUE,
  first_name varchar(64),
  last_name varchar(64),
  email varchar(255),
  password varchar(255),
  is_agent smallint NOT NULL CHECK (is_agent IN (1, 2)),
  state smallint NOT NULL CHECK (state IN (1, 2)),
  UNIQUE (tenant_dbid, employee_id)
);

CREATE TABLE cfg.cfg_agent_login (
  dbid integer PRIMARY KEY,
  tenant_dbid integer NOT NULL REFERENCES cfg.cfg_tenant,
  switch_dbid integer NOT NULL REFERENCES cfg.cfg_switch,
  login_code varchar(255) NOT NULL,
  state smallint NOT NULL CHECK (state IN (1, 2)),
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

-- What is fixed when an object is created has no right to be updated, not even for the owner of the table.
REVOKE UPDATE ON cfg.cfg_person FROM CURRENT_USER;
GRANT UPDATE (employee_id, user_name, first_name, last_name, email, password, state) ON cfg.cfg_person TO CURRENT_USER;
REVOKE UPDATE ON cfg.cfg_dn FROM CURRENT_USER;
GRANT UPDATE (name, state) ON cfg.cfg_dn TO CURRENT_USER;
REVOKE UPDATE ON cfg.cfg_agent_login FROM CURRENT_USER;
GRANT UPDATE (login_code, state) ON cfg.cfg_agent_login TO CURRENT_USER;

-- A DN is seen and stored only as one of the tenant that the database says it is of; FORCE binds the owner of the table too.
ALTER TABLE cfg.cfg_dn ENABLE ROW LEVEL SECURITY;
ALTER TABLE cfg.cfg_dn FORCE ROW LEVEL SECURITY;
CREATE POLICY dn_by_tenant ON cfg.cfg_dn USING (tenant_dbid = current_setting('vm.tenant_dbid', true)::integer);

-- Readers see everything but passwords and options.
GRANT USAGE ON SCHEMA cfg TO vm_cfg_reader;
GRANT SELECT ON cfg.cfg_tenant, cfg.cfg_switch, cfg.cfg_dn, cfg.cfg_agent_login, cfg.cfg_login_info TO vm_cfg_reader;
GRANT SELECT (dbid, tenant_dbid, employee_id, user_name, first_name, last_name, is_agent, state) ON cfg.cfg_person
  TO vm_cfg_reader;
