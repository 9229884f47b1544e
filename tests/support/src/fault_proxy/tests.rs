use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server that says everything back, behind a proxy that carries out `faults`.
async fn echo(faults: Vec<PlannedFault>) -> (FaultProxy, TcpStream) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let upstream = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ended = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    let mut proxy = FaultProxy::start(upstream, 1).await.unwrap();
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    proxy.begin(FaultPlan { seed: 1, faults });
    (proxy, stream)
}

fn behind(count: u64, fault: Fault) -> PlannedFault {
    PlannedFault {
        trigger: Trigger::Bytes(Direction::ToClient, count),
        fault,
    }
}

fn at_once(fault: Fault) -> PlannedFault {
    PlannedFault {
        trigger: Trigger::Time(Duration::ZERO),
        fault,
    }
}

fn text() -> Vec<u8> {
    (0..20_000_u32).flat_map(u32::to_be_bytes).collect()
}

async fn until(proxy: &FaultProxy, wanted: Happening) {
    while !proxy.journal().iter().any(|note| note.what == wanted) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_cut_comes_exactly_behind_its_byte() {
    let (_proxy, mut stream) = echo(vec![behind(777, Fault::Cut(Cut::Finish, Noticed::ByBoth))]).await;
    stream.write_all(&text()[..5_000]).await.unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.unwrap();
    assert_eq!(read, text()[..777]);
}

#[tokio::test]
async fn a_reset_is_one() {
    let (_proxy, mut stream) = echo(vec![behind(10, Fault::Cut(Cut::Reset, Noticed::ByClient))]).await;
    stream.write_all(&text()[..100]).await.unwrap();
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn pieces_and_pauses_change_no_byte() {
    let lasting = Duration::from_secs(60);
    for fault in [
        Fault::Split { most: 40, lasting },
        Fault::Gather {
            pause: Duration::from_millis(5),
            lasting,
        },
        Fault::Delay {
            direction: Direction::ToServer,
            pause: Duration::from_millis(5),
            lasting,
        },
    ] {
        let (proxy, stream) = echo(vec![at_once(fault)]).await;
        until(&proxy, Happening::Fault(fault)).await;
        let (mut from, mut to) = stream.into_split();
        let writing = tokio::spawn(async move {
            to.write_all(&text()).await.unwrap();
            to
        });
        let mut read = vec![0; text().len()];
        from.read_exact(&mut read).await.unwrap();
        assert!(read == text(), "{fault:?}");
        drop(writing.await.unwrap());
    }
}

#[tokio::test]
async fn a_stalled_line_stays_open_and_silent_until_a_new_connection() {
    let stall = Fault::Stall(Swallowed::ToClient);
    let (proxy, mut stream) = echo(vec![at_once(stall)]).await;
    until(&proxy, Happening::Fault(stall)).await;
    stream.write_all(b"is anybody there").await.unwrap();
    let mut buffer = [0; 4];
    let answer = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut buffer)).await;
    assert!(answer.is_err(), "neither bytes nor an end");
    let mut again = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    again.write_all(b"well").await.unwrap();
    again.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"well");
}

#[tokio::test]
async fn who_comes_while_connections_are_refused_is_sent_away() {
    let refuse = Fault::Refuse {
        lasting: Duration::from_secs(60),
    };
    let (mut proxy, _stream) = echo(vec![at_once(refuse)]).await;
    until(&proxy, Happening::Fault(refuse)).await;
    let mut refused = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    assert!(refused.read(&mut [0]).await.is_err());
    proxy.calm();
    let mut taken = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    taken.write_all(b"!").await.unwrap();
    let mut buffer = [0];
    taken.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"!");
}
