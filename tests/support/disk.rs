//! A disk that can be full.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A file system in memory, for as long as this is there.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `size` as mount takes it. Only root can; nobody else has one.
    pub fn mount(size: &str) -> Option<Self> {
        let (folder, options) = (tempfile::tempdir().unwrap(), format!("size={size}"));
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(folder.path()).output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            println!("not tested: only root can mount a small disk");
            return None;
        }
        Some(Self { folder })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let mut file = File::create(self.path().join("filled")).unwrap();
        for size in [1 << 20, 1 << 12] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn empty(&self) {
        std::fs::remove_file(self.path().join("filled")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file open there keeps it.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
