//! Free ports on loopback.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// `N` different ports that are free now. All are held until the last one is found, so that none is given twice.
///
/// # Errors
/// The system's, if it has no free port.
pub(crate) fn free<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
