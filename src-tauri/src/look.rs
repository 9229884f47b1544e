//! Theme and text size: kept by the shell, because the web view keeps nothing.
//!
//! The interface finds them in `window.__WARDLINE_LOOK__` before its first line runs, and the window has the theme's
//! background before the page is there.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::window::Color;

/// Light, dark, or as the operating system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Theme {
    /// As the operating system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Text size in per cent of the usual, 100 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct TextSize(u16);

impl Default for TextSize {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u16> for TextSize {
    type Error = &'static str;

    fn try_from(percent: u16) -> Result<Self, Self::Error> {
        if (100..=200).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err("text size out of range")
        }
    }
}

/// How the interface looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Look {
    /// The theme.
    pub(crate) theme: Theme,
    /// The text size.
    pub(crate) text_size: TextSize,
}

impl Look {
    /// What was saved; the usual look where that cannot be read.
    pub(crate) fn read(path: &Path) -> Self {
        std::fs::read(path)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    /// Saves it, wholly or not at all.
    pub(crate) async fn write(self, path: PathBuf) -> io::Result<()> {
        let json = serde_json::to_vec(&self)?;
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let new = path.with_extension("json.new");
        tokio::fs::write(&new, json).await?;
        tokio::fs::rename(&new, &path).await
    }

    /// The script that hands it to the page.
    pub(crate) fn script(self) -> String {
        // Two closed sets of values: nothing in it needs escaping.
        let look = serde_json::to_string(&self).unwrap_or_else(|_| "null".into());
        format!("Object.defineProperty(window, '__WARDLINE_LOOK__', {{ value: Object.freeze({look}) }});")
    }

    /// For the frame of the window; `None` leaves it to the operating system.
    pub(crate) fn window_theme(self) -> Option<tauri::Theme> {
        match self.theme {
            Theme::System => None,
            Theme::Light => Some(tauri::Theme::Light),
            Theme::Dark => Some(tauri::Theme::Dark),
        }
    }
}

/// The page's ground (`--ground` in `ui/src/lib/appearance/tokens.css`), shown until the page is drawn.
pub(crate) fn ground(theme: tauri::Theme) -> Color {
    match theme {
        tauri::Theme::Dark => Color(0x0f, 0x16, 0x1b, 0xff),
        _ => Color(0xf0, 0xf4, 0xf5, 0xff),
    }
}
