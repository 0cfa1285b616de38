import type { SipTransport } from '../transport.ts';

/** Where a proxy sends a request on (RFC 3261, section 16.6, step 7). */
export interface Hop {
  host: string;
  port: number;
  transport: SipTransport;
  /** The number by which it is known there (section 16.5); the dialled one when absent. */
  as?: string;
  /** For how long it may ring before the proxy gives up for the caller (section 16.8), in milliseconds. */
  ringsMs?: number;
}

/** Where the source of the connection was last said to be, who is called on it the other way round. */
export interface SourceHop {
  isSource: true;
  /** As of a {@link Hop}. */
  as?: string;
}

/** What a proxy answers itself. */
export interface Refusal {
  status: number;
  reason: string;
}

/** What one Kamailio is to be. */
export interface ProxyPlan {
  host: string;
  /** For TCP and UDP. */
  port: number;
  /** Where the others reach it, which stands in its Via and Record-Route. */
  reachedAt: { host: string; port: number };
  /** The domain that it answers for. */
  domain: string;
  /** By the dialled number; any other is unknown. */
  numbers: ReadonlyMap<string, Hop | SourceHop | Refusal>;
  /** Domains of the source, whatever is dialled there. */
  sourceDomains: readonly string[];
  /** User part of the Request-URIs by which the harness itself speaks to it; not to be guessed. */
  control: string;
  /** A list of Kamailio's dispatcher: the nodes that it asks whether they are in service. */
  nodesFile: string;
}

/** How often the nodes are asked, in seconds: the least that Kamailio can. */
const ASK_EVERY_S = 1;
/** Timer C has to be more than three minutes (RFC 3261, section 16.6, step 11). */
const TIMER_C_MS = 181_000;

/** The list of nodes that Kamailio asks over TCP whether they are in service. */
export const nodesList = (nodes: readonly { host: string; port: number }[]): string =>
  nodes.map(({ host, port }) => `1 sip:${host}:${port};transport=tcp\n`).join('');

/**
 * The configuration of a Kamailio that is a proxy as RFC 3261 has it (section 16): it stays on the route of every dialog, keeps
 * no registrations and no database. It has one worker for each transport: with more, requests of one call may overtake each other.
 */
export function proxyConfig(plan: ProxyPlan): string {
  const { host, port, reachedAt, domain, control, nodesFile } = plan;
  return `#!KAMAILIO
debug=0
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
server_signature=no
tcp_source_ipv4=${host}
listen=udp:${host}:${port} advertise ${reachedAt.host}:${reachedAt.port}
listen=tcp:${host}:${port} advertise ${reachedAt.host}:${reachedAt.port}
alias="${domain}"

loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "tcpops.so"
loadmodule "dispatcher.so"

modparam("tm", "fr_inv_timer", ${TIMER_C_MS})
modparam("tm", "max_inv_lifetime", ${TIMER_C_MS})
modparam("tm", "auto_inv_100_reason", "Trying")
modparam("rr", "append_fromtag", 0)
modparam("pv", "shvset", "limited=i:0")
modparam("pv", "shvset", "source=i:0")
modparam("dispatcher", "list_file", "${nodesFile}")
modparam("dispatcher", "ds_ping_interval", ${ASK_EVERY_S})
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_ping_from", "sip:proxy@${domain}")

request_route {
  if (is_method("MESSAGE") && $rU =~ "^${control}-") {
    if ($rU == "${control}-limited-1") $shv(limited) = 1;
    if ($rU == "${control}-limited-0") $shv(limited) = 0;
    if ($rU =~ "^${control}-source-") $shv(source) = $(rU{s.select,-1,-}{s.int});
    sl_send_reply("200", "OK");
    exit;
  }
  # Requests of the other side come back on the connection that the caller has opened.
  if ($proto == "tcp") force_tcp_alias();
  if (!mf_process_maxfwd_header("70")) {
    sl_send_reply("483", "Too Many Hops");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) route(RELAY);
    sl_send_reply("481", "Call/Transaction Does Not Exist");
    exit;
  }
  if (has_totag()) route(WITHIN);
  t_check_trans();
  if (is_method("OPTIONS") && uri == myself && $rU == $null) {
    options_reply();
    exit;
  }
  if (is_method("INVITE|SUBSCRIBE")) record_route();
${plan.sourceDomains.map((name) => `  if ($rd == "${name}") {\n${sentToSource({ isSource: true }, host)}  }\n`).join('')}\
  if (is_method("INVITE") && $shv(limited) == 1) {
    sl_send_reply("503", "Service Unavailable");
    exit;
  }
${[...plan.numbers].map(([number, place]) => `  if ($rU == "${number}") {\n${takenTo(place, host)}  }\n`).join('')}\
  sl_send_reply("404", "Not Found");
}

route[WITHIN] {
  if (loose_route()) route(RELAY);
  if (is_method("ACK")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  sl_send_reply("481", "Call/Transaction Does Not Exist");
  exit;
}

route[RELAY] {
  if (is_method("INVITE")) t_on_failure("REFUSED");
  # 0x02: it leaves the answer to this script, so that there is one where a hop cannot be reached (RFC 3261, section 16.9).
  if (!t_relay_to("0x02") && !is_method("ACK")) t_reply("503", "Service Unavailable");
  exit;
}

# That one target is overloaded does not say that the proxy is (RFC 3261, section 16.7, step 6).
failure_route[REFUSED] {
  if (t_check_status("503")) t_reply("500", "Server Internal Error");
}
`;
}

function takenTo(place: Hop | SourceHop | Refusal, host: string): string {
  if ('status' in place) return `    sl_send_reply("${place.status}", "${place.reason}");\n    exit;\n`;
  return 'isSource' in place ? sentToSource(place, host) : sentTo(place);
}

function sentToSource({ as }: SourceHop, host: string): string {
  const known = as === undefined ? '' : `    $rU = "${as}";\n`;
  return `${known}    $du = "sip:${host}:" + $shv(source) + ";transport=tcp";\n    route(RELAY);\n`;
}

function sentTo({ host, port, transport, as, ringsMs }: Hop): string {
  return [
    ...(as === undefined ? [] : [`$rU = "${as}";`]),
    // Over TCP the first timer of a request is not cut short by the second.
    ...(ringsMs === undefined ? [] : [`t_set_fr(${ringsMs}, ${ringsMs});`]),
    `$du = "sip:${host}:${port};transport=${transport.toLowerCase()}";`,
    'route(RELAY);',
  ]
    .map((line) => `    ${line}\n`)
    .join('');
}
