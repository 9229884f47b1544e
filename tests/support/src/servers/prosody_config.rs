//! The configuration file that Prosody is started with.

use std::path::Path;

use super::prosody_inbox;
use super::{ChannelBinding, Inbox, MucLight, Rooms, Sasl, Setup, TlsVersions};
use crate::certificates::Certificates;

/// What the configuration depends on.
pub(super) struct Settings<'a> {
    pub(super) setup: &'a Setup,
    pub(super) plugins: &'a Path,
    pub(super) domain: &'a str,
    pub(super) rooms: &'a str,
    pub(super) light: Option<&'a str>,
    pub(super) data: &'a Path,
    pub(super) certificates: &'a Certificates,
    pub(super) starttls_port: u16,
    pub(super) direct_tls_port: u16,
}

/// The file's text.
///
/// Why what differs from Prosody's own defaults differs: SCRAM-SHA-256 instead of SHA-1 only; the archive in SQLite so that
/// it can be filled while the server is stopped, never expiring, in large pages and without counting the total for each
/// page (which is quadratic on a long archive); sessions may be resumed for five minutes; no federation.
pub(super) fn text(settings: &Settings<'_>) -> String {
    let Settings {
        setup,
        plugins,
        domain,
        rooms,
        light,
        data,
        certificates,
        starttls_port,
        direct_tls_port,
    } = settings;
    let versions = match setup.tls {
        TlsVersions::Both => "tlsv1_2+",
        TlsVersions::Only12 => "tlsv1_2",
        TlsVersions::Only13 => "tlsv1_3",
    };
    let more = match setup.channel_binding {
        ChannelBinding::AsShipped => "",
        ChannelBinding::Exporter => "\"wardline_exporter\"",
    };
    let with_sasl = match setup.sasl {
        Sasl::AsShipped => "",
        Sasl::MongooseIm => "\"sasl_mim\",",
    };
    let stanza_limit = setup
        .stanza_limit
        .map_or(String::new(), |most| format!("c2s_stanza_size_limit = {most}\n"));
    let (inbox, with_inbox) = match setup.inbox {
        Inbox::None => ("", ""),
        Inbox::MongooseIm => ("\"inbox_mim\"", prosody_inbox::modules(setup.mongoose)),
    };
    let (light, with_light) = light.map_or_else(Default::default, |light| {
        let component = format!(
            "Component {} \"muc_light_mim\"\n  modules_enabled = {{ {inbox} }}\n",
            quoted(Path::new(light))
        );
        (component, "\"muc_light_mim\"")
    });
    let (rooms_module, occupant_ids) = match setup.rooms {
        Rooms::Standard => ("", "true"),
        Rooms::MongooseIm => ("\"muc_mim\",", "false"),
    };
    let is_mongoose = setup.inbox == Inbox::MongooseIm || setup.muc_light == MucLight::MongooseIm;
    let (archive, ways) = match is_mongoose {
        true => (
            prosody_inbox::archive(setup.mongoose),
            prosody_inbox::options(setup.mongoose),
        ),
        false => ("sql", String::new()),
    };
    let boxes = setup.extra_box.map_or(String::new(), |name| format!("\"{name}\""));
    format!(
        r#"run_as_root = true
daemonize = false
pidfile = {pid}
data_path = {data}
plugin_paths = {{ {plugins} }}
log = {{ info = "*console" }}
network_backend = "epoll"
interfaces = {{ "{address}" }}
c2s_ports = {{ {starttls_port} }}
c2s_direct_tls_ports = {{ {direct_tls_port} }}
ssl = {{ key = {key}, certificate = {chain}, protocol = "{versions}" }}
c2s_direct_tls_ssl = {{ key = {key}, certificate = {chain}, protocol = "{versions}" }}
c2s_require_encryption = true
{stanza_limit}authentication = "internal_hashed"
password_hash = "SHA-256"
disable_sasl_mechanisms = {{ "PLAIN" }}
default_storage = "internal"
storage = {{ archive = "{archive}", muc_log = "{archive}" }}
sql = {{ driver = "SQLite3", database = {database} }}
archive_expires_after = "never"
muc_log_expires_after = "never"
default_archive_policy = true
max_archive_query_results = 250
mam_include_total = false
muc_log_include_total = false
muc_log_by_default = true
smacks_hibernation_time = 300
modules_enabled = {{
  "roster", "saslauth", "tls", "disco", "carbons", "mam", "smacks", "csi", "blocklist", "bookmarks", "pep", "private",
  "vcard", "ping", "time", "version", "offline", "posix", {more}
}}
{ways}modules_disabled = {{ "s2s" }}
VirtualHost {domain}
  modules_enabled = {{ {with_sasl} {with_inbox} {with_light} }}
  inbox_mim_boxes = {{ {boxes} }}
Component {rooms} "muc"
  name = "Team chats"
  restrict_room_creation = "local"
  modules_enabled = {{ "muc_mam", "vcard_muc", "muc_moderation", {rooms_module} {inbox} }}
  muc_occupant_id = {occupant_ids}
{light}"#,
        plugins = quoted(plugins),
        address = setup.address,
        pid = quoted(&data.join("prosody.pid")),
        data = quoted(data),
        key = quoted(&certificates.key),
        chain = quoted(&certificates.chain),
        database = quoted(&data.join("prosody.sqlite")),
        domain = quoted(Path::new(domain)),
        rooms = quoted(Path::new(rooms)),
    )
}

fn quoted(path: &Path) -> String {
    format!(
        "\"{}\"",
        path.display().to_string().replace('\\', "\\\\").replace('"', "\\\"")
    )
}
