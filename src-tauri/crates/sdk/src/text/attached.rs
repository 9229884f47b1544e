//! Files as apps send them: a message that is nothing but the file's address (XEP-0363, with or without XEP-0066).

use percent_encoding::percent_decode_str;

use crate::view::PreviewKind;

const PHOTOS: [&str; 8] = ["jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif"];
const FILES: [&str; 24] = [
    "pdf", "doc", "docx", "odt", "rtf", "txt", "md", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "zip", "ics",
    "vcf", "dcm", "mp3", "m4a", "ogg", "opus", "wav", "mp4",
];
/// `aesgcm` is what apps that encrypt put in its place.
const SCHEMES: [&str; 3] = ["https://", "http://", "aesgcm://"];

/// What a text is that consists of nothing but the address of a photo or a file, and the file's name; of any other text it is a text.
#[must_use]
pub fn attached(body: &str) -> (PreviewKind, Option<String>) {
    named(body.trim()).map_or((PreviewKind::Text, None), |(kind, name)| (kind, Some(name)))
}

fn named(body: &str) -> Option<(PreviewKind, String)> {
    let rest = SCHEMES.iter().find_map(|scheme| body.strip_prefix(scheme))?;
    if body.contains(char::is_whitespace) {
        return None;
    }
    let (_, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let kind = match extension.as_str() {
        photo if PHOTOS.contains(&photo) => PreviewKind::Photo,
        file if FILES.contains(&file) => PreviewKind::File,
        _ => return None,
    };
    Some((kind, percent_decode_str(name).decode_utf8_lossy().into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_file_alone_is_a_file_and_goes_by_its_name() {
        let photo = attached("https://files.ward.example/upload/a1/Wound%20day%203.JPG?token=x#y");
        assert_eq!(photo, (PreviewKind::Photo, Some("Wound day 3.JPG".into())));
        assert_eq!(attached(" aesgcm://f.example/x/ecg.pdf#00 ").0, PreviewKind::File);
    }

    #[test]
    fn text_with_an_address_in_it_and_addresses_of_pages_are_texts() {
        for text in [
            "see https://f.example/x.jpg",
            "https://f.example/x.jpg please",
            "https://f.example/page",
            "https://f.example",
            "https://f.example/.",
            "file:///x.jpg",
            "Bed 4",
        ] {
            assert_eq!(attached(text), (PreviewKind::Text, None), "{text}");
        }
    }
}
