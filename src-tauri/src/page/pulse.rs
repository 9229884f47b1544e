//! Whether window and page answer. Counted in questions, not in time: a computer that slept asks no more than one.

/// So many questions in a row without an answer are no accident: half a minute.
const MISSED: u32 = 6;

/// Questions without an answer.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    is_watched: bool,
    window: u32,
    page: u32,
}

/// What the answers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All is well, or nothing is watched yet.
    Well,
    /// The thread of the window does not answer. Said once.
    WindowHangs,
    /// The page does not answer, though the window does. Said once.
    PageHangs,
}

impl Pulse {
    /// There is a page that can answer.
    pub(super) fn begin(&mut self) {
        *self = Self {
            is_watched: true,
            ..Self::default()
        };
    }

    /// There is none.
    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// The window's thread answered.
    pub(super) fn window_answered(&mut self) {
        self.window = 0;
    }

    /// The page answered.
    pub(super) fn page_answered(&mut self) {
        self.page = 0;
    }

    /// Both are being asked once more. What the last questions led to:
    pub(super) fn ask(&mut self) -> Verdict {
        if !self.is_watched {
            return Verdict::Well;
        }
        self.window += 1;
        if self.window > MISSED {
            // The page is asked through the window: its silence says nothing.
            self.page = 0;
            return if self.window == MISSED + 1 {
                Verdict::WindowHangs
            } else {
                Verdict::Well
            };
        }
        self.page += 1;
        if self.page > MISSED {
            self.stop();
            return Verdict::PageHangs;
        }
        Verdict::Well
    }
}
