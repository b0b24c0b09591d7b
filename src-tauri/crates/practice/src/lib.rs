//! Opens workspaces for the command line and the desktop, and makes practice workspaces: invented records, and the
//! sandbox inside the process when nobody runs it already.

mod open_workspace;
mod rebuild;

use std::fs::File;
use std::io::{self, BufWriter};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use chrono::NaiveDate;
use postonce_connectors::{PracticeTemplate, Workspace};
use postonce_engine::error::Problem;
use postonce_sandbox::practice;

pub use open_workspace::{OpenWorkspace, with_open_workspace, with_workspace_to_look_into};
pub use postonce_sandbox::{Options, Organisation, Sandbox, SandboxError};
pub use rebuild::{RebuildFailure, RebuildWish, rebuild};

/// The organisation of every practice workspace, id and name.
const ORGANISATION: (&str, &str) = ("practice", "Øvingsorganisasjonen");

/// The choices for a new practice workspace.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// The port of its sandbox on this machine; `None` takes a port that is free now.
    pub port: Option<u16>,
    /// The number of records.
    pub records: usize,
    /// The seed: the same one gives the same records.
    pub seed: u64,
    /// The day that the records lead up to.
    pub newest: NaiveDate,
}

/// Makes a practice workspace with its records. An existing workspace is never overwritten.
///
/// # Errors
/// Fails when there is one already, or the folder cannot be written.
pub fn make(dir: &Path, wish: &Wish) -> Result<Workspace, Problem> {
    let port = wish.port.map_or_else(free_port, Ok).map_err(Problem::internal)?;
    let (organisation, name) = ORGANISATION;
    let text = PracticeTemplate { organisation, name, port, categories: practice::suggested_accounts() }.text();
    let workspace = Workspace::create(dir, &text)?;
    let path = workspace.dir().join(PracticeTemplate::RECORDS_FILE);
    let records = practice::records(wish.seed, wish.records, wish.newest);
    let written = File::create(&path).and_then(|file| practice::write_csv(records, BufWriter::new(file)));
    written.map_err(|error| Problem::workspace_unreadable(path.display(), error))?;
    Ok(workspace)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Returns the address at which a practice workspace expects its sandbox, and the organisation whose books that keeps.
pub fn options(workspace: &Workspace) -> Options {
    let remote = workspace.accounting().remote();
    let port = remote.and_then(|remote| remote.url.port_or_known_default()).unwrap_or_default();
    Options {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        store: workspace.practice_store().map(Path::to_owned),
        organisation: organisation(workspace),
        ..Options::default()
    }
}

/// Returns the organisation of a workspace, as a sandbox keeps books for it.
pub fn organisation(workspace: &Workspace) -> Organisation {
    Organisation { id: workspace.organisation().as_str().to_owned(), name: workspace.organisation_name().to_owned() }
}

/// Starts the sandbox of a practice workspace inside this process. `None` when a server answers at its address already,
/// and for a workspace that is not for practice.
///
/// # Errors
/// [`Problem::sandbox_failed`] when it cannot be started.
async fn sandbox(workspace: &Workspace) -> Result<Option<Sandbox>, Problem> {
    if !workspace.is_practice() {
        return Ok(None);
    }
    let options = options(workspace);
    if tokio::net::TcpStream::connect(options.address).await.is_ok() {
        return Ok(None);
    }
    start(options).await.map(Some)
}

/// Starts a sandbox.
///
/// # Errors
/// [`Problem::sandbox_failed`] with its address and the reason.
pub async fn start(options: Options) -> Result<Sandbox, Problem> {
    let address = options.address;
    let failed = |error: SandboxError| Problem::sandbox_failed(address, error);
    postonce_sandbox::start(options).await.map_err(failed)
}
