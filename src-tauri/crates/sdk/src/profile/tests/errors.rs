//! What somebody is told of local files that cannot be used.

use std::io::ErrorKind;

use crate::profile::{Profile, ProfileError};
use crate::view::{CommandError, FolderProblem};

fn problem(problem: FolderProblem) -> CommandError {
    CommandError::FolderUnusable { problem }
}

#[test]
fn each_kind_of_trouble_with_the_folder_is_told_apart() {
    for (kind, wanted) in [
        (ErrorKind::PermissionDenied, FolderProblem::NotWritable),
        (ErrorKind::ReadOnlyFilesystem, FolderProblem::NotWritable),
        (ErrorKind::StorageFull, FolderProblem::Full),
        (ErrorKind::QuotaExceeded, FolderProblem::Full),
        (ErrorKind::NotADirectory, FolderProblem::NotAFolder),
        (ErrorKind::AlreadyExists, FolderProblem::NotAFolder),
        (ErrorKind::StaleNetworkFileHandle, FolderProblem::Unreachable),
    ] {
        assert_eq!(CommandError::from(ProfileError::Io { kind }), problem(wanted), "{kind}");
    }
    assert_eq!(CommandError::from(ProfileError::InUse), CommandError::StoreInUse);
    assert_eq!(CommandError::from(ProfileError::Newer), CommandError::StoreNewer);
}

#[tokio::test]
async fn a_file_where_the_folder_should_be_is_said_and_stays() {
    let home = tempfile::tempdir().unwrap();
    let (file, below) = (home.path().join("profile"), home.path().join("profile/deeper"));
    std::fs::write(&file, "a file").unwrap();
    for folder in [&file, &below] {
        let error = Profile::new(folder).open().await.unwrap_err();
        assert_eq!(CommandError::from(error), problem(FolderProblem::NotAFolder));
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"a file");
}

/// `/sys` refuses the administrator, too.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    let error = Profile::new("/sys/wardline/profile").open().await.unwrap_err();
    assert_eq!(CommandError::from(error), problem(FolderProblem::NotWritable));
}

#[tokio::test]
async fn a_second_process_is_told_of_the_first() {
    let home = tempfile::tempdir().unwrap();
    let first = Profile::new(home.path());
    first.open().await.unwrap();
    let error = Profile::new(home.path()).open().await.unwrap_err();
    assert_eq!(CommandError::from(error), CommandError::StoreInUse);
}
