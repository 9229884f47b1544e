//! The configuration files that ejabberd is started with.

use std::path::Path;

use super::{Setup, TlsVersions};
use crate::certificates::Certificates;

/// What the configuration depends on.
pub(super) struct Settings<'a> {
    pub(super) setup: &'a Setup,
    pub(super) domain: &'a str,
    pub(super) rooms: &'a str,
    pub(super) folder: &'a Path,
    pub(super) certificates: &'a Certificates,
    pub(super) starttls_port: u16,
    pub(super) direct_tls_port: u16,
    pub(super) http_port: u16,
}

/// `ejabberd.yml`. The administration interface answers on loopback only, without a password.
pub(super) fn yaml(settings: &Settings<'_>) -> String {
    let Settings {
        setup,
        domain,
        rooms,
        folder,
        certificates,
        starttls_port,
        direct_tls_port,
        http_port,
    } = settings;
    let pem = certificates.combined.display();
    let address = setup.address;
    let versions = match setup.tls {
        TlsVersions::Both => "",
        TlsVersions::Only12 => ", no_tlsv1_3",
        TlsVersions::Only13 => ", no_tlsv1_2",
    };
    let database = folder.join("db").join("ejabberd.sqlite");
    format!(
        r#"hosts: ["{domain}"]
loglevel: info
acme: {{ auto: false }}
certfiles: ["{pem}"]
c2s_protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1{versions}]
listen:
  - {{ port: {starttls_port}, ip: "{address}", module: ejabberd_c2s, starttls_required: true, max_stanza_size: 262144, shaper: none }}
  - {{ port: {direct_tls_port}, ip: "{address}", module: ejabberd_c2s, tls: true, max_stanza_size: 262144, shaper: none }}
  - {{ port: {http_port}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {{ /api: mod_http_api }} }}
auth_method: [sql]
auth_password_format: scram
auth_scram_hash: sha256
default_db: sql
sql_type: sqlite
sql_database: "{database}"
acl:
  loopback: {{ ip: [127.0.0.0/8] }}
access_rules:
  local: {{ allow: all }}
  muc_create: {{ allow: all }}
  c2s: {{ allow: all }}
api_permissions:
  "loopback":
    from: [mod_http_api]
    who: {{ access: {{ allow: [{{ acl: loopback }}] }} }}
    what: "*"
shaper: {{}}
modules:
  mod_admin_extra: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{ queue_chat_states: false, queue_presence: false, queue_pep: false }}
  mod_disco: {{}}
  mod_http_api: {{}}
  mod_last: {{}}
  mod_mam: {{ default: always, request_activates_archiving: false, assume_mam_usage: true }}
  mod_muc:
    host: "{rooms}"
    access: all
    access_create: muc_create
    access_persistent: muc_create
    default_room_options: {{ mam: true, persistent: true }}
  mod_offline: {{ access_max_user_messages: 10000 }}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub:
    access_createnode: local
    plugins: [flat, pep]
    force_node_config:
      "urn:xmpp:bookmarks:1": {{ access_model: whitelist, send_last_published_item: never, max_items: 1000 }}
      "storage:bookmarks": {{ access_model: whitelist }}
  mod_roster: {{ versioning: true }}
  mod_stream_mgmt: {{ resend_on_timeout: if_offline, resume_timeout: 300 }}
  mod_time: {{}}
  mod_vcard: {{ search: true }}
  mod_version: {{ show_os: false }}
"#,
        database = database.display(),
    )
}

/// `ejabberdctl.cfg`: a node of its own, found by its port, so that no name service is started that would outlive it.
pub(super) fn control(dist_port: u16) -> String {
    format!("ERLANG_NODE=wardline{dist_port}@localhost\nERL_DIST_PORT={dist_port}\nINET_DIST_INTERFACE=127.0.0.1\n")
}
