//! Practice: sample records, and the sandbox inside this process where nobody runs it already.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use chrono::NaiveDate;
use postonce_connectors::{PracticeTemplate, Workspace};
use postonce_engine::error::{ErrorCode, Told};
use postonce_sandbox::{Options, Organisation, Sandbox, practice};

use crate::failure::Failure;

/// The organisation of every practice workspace.
const ORGANISATION: (&str, &str) = ("practice", "Øvingsorganisasjonen");

/// Makes a practice workspace with its records.
pub(crate) fn make(
    dir: &Path,
    port: Option<u16>,
    seed: u64,
    records: usize,
    newest: NaiveDate,
) -> Result<Workspace, Failure> {
    let port = port.map_or_else(free_port, Ok)?;
    let text = PracticeTemplate {
        organisation: ORGANISATION.0,
        name: ORGANISATION.1,
        port,
        categories: practice::suggested_accounts(),
    }
    .text();
    let workspace = Workspace::create(dir, &text)?;
    let path = workspace.dir().join(PracticeTemplate::RECORDS_FILE);
    let unwritable = |error: std::io::Error| {
        Failure::from(Told::new(ErrorCode::WorkspaceUnreadable).with("path", path.display()).with("detail", error))
    };
    let file = File::create(&path).map_err(unwritable)?;
    practice::write_csv(practice::records(seed, records, newest), std::io::BufWriter::new(file)).map_err(unwritable)?;
    Ok(workspace)
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(Failure::internal)
}

/// Where a practice workspace expects its sandbox.
pub(crate) fn options(workspace: &Workspace) -> Options {
    let port = workspace.accounting().url.port_or_known_default().unwrap_or_default();
    Options {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        store: workspace.practice_store().map(Path::to_owned),
        organisation: Organisation {
            id: workspace.organisation().as_str().to_owned(),
            name: workspace.organisation_name().to_owned(),
        },
        ..Options::default()
    }
}

/// Starts the sandbox of a practice workspace inside this process, unless somebody runs it already. `None` also for a
/// workspace that is not for practice.
pub(crate) async fn sandbox(workspace: &Workspace) -> Result<Option<Sandbox>, Failure> {
    if !workspace.is_practice() {
        return Ok(None);
    }
    let options = options(workspace);
    let address = options.address;
    if tokio::net::TcpStream::connect(address).await.is_ok() {
        return Ok(None);
    }
    postonce_sandbox::start(options).await.map(Some).map_err(|error| sandbox_failed(address, &error))
}

pub(crate) fn sandbox_failed(address: SocketAddr, error: &postonce_sandbox::SandboxError) -> Failure {
    Told::new(ErrorCode::SandboxFailed).with("address", address).with("detail", error).into()
}
