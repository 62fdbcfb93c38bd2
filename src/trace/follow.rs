//! Traces as they are written.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::time::SystemTime;

use jiff::Timestamp;

use super::{TraceDir, TraceError, TraceFile, TraceName};

/// A look at the directory of the traces from time to time, which finds those that were written
/// since the last one. It costs little where none was.
#[derive(Debug)]
pub struct Follower {
    directory: TraceDir,
    /// What is there, and when it was written: what a Troubleshoot fetches replaces what was fetched
    /// before.
    seen: BTreeMap<TraceName, Timestamp>,
    changed_at: Option<SystemTime>,
    look_again: bool,
}

impl Follower {
    /// Begins: what is there counts as seen.
    pub fn begin(directory: TraceDir) -> Result<Self, TraceError> {
        let mut follower = Self {
            directory,
            seen: BTreeMap::new(),
            changed_at: None,
            look_again: false,
        };
        follower.written()?;
        Ok(follower)
    }

    /// What was written since the last look, the oldest first.
    pub fn written(&mut self) -> Result<Vec<TraceFile>, TraceError> {
        let changed_at = self.changed_at()?;
        let has_changed = changed_at != self.changed_at;
        // Times are coarse: what came within the same tick as a look is found by the next one.
        if !has_changed && !self.look_again {
            return Ok(Vec::new());
        }
        self.changed_at = changed_at;
        self.look_again = has_changed;
        let files = self.directory.list()?;
        let written = |file: &TraceFile| self.seen.get(&file.name) != Some(&file.written_at);
        let new = files.iter().filter(|file| written(file)).cloned().collect();
        self.seen = files
            .into_iter()
            .map(|file| (file.name, file.written_at))
            .collect();
        Ok(new)
    }

    /// When a name last came into the directory or went; none, where it has not been made yet.
    fn changed_at(&self) -> Result<Option<SystemTime>, TraceError> {
        let path = &self.directory.0;
        match fs::metadata(path).and_then(|metadata| metadata.modified()) {
            Ok(at) => Ok(Some(at)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(TraceError::Access {
                path: path.clone(),
                source,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Account, Lines};

    #[test]
    fn what_is_written_is_found_once_and_what_was_there_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let traces = TraceDir::of(directory.path());
        let mut early = Follower::begin(traces.clone()).unwrap();
        let write = |device: &str, session| {
            let account = Account::example(device, session, Lines::default());
            traces.write_session(&account).unwrap()
        };
        let first = write("SEP000000000001", 1);
        let mut late = Follower::begin(traces.clone()).unwrap();
        let second = write("SEP000000000002", 2);
        let third = write("SEP000000000001", 3);
        let names = |follower: &mut Follower| -> Vec<TraceName> {
            let found = follower.written().unwrap().into_iter();
            found.map(|file| file.name).collect()
        };
        assert_eq!(names(&mut late), [second.clone(), third.clone()]);
        assert_eq!(names(&mut late), []);
        traces.remove(&second).unwrap();
        assert_eq!(names(&mut early), [first, third]);
        assert_eq!(names(&mut early), []);
        assert_eq!(names(&mut late), []);
    }
}
