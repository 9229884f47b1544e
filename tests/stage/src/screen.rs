//! Takes pictures of the virtual screen, notifications included, which no web view draws. Xvfb keeps the screen in a file in the format of xwd.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use crate::failure::Failure;

/// Numbers in the head of the file (X11/XWDFile.h), each of four bytes, the first byte first.
const HEADER_SIZE: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const BYTES_PER_LINE: usize = 12;
const COLOURS: usize = 19;
/// Bytes of a colour in the table behind the head.
const COLOUR: usize = 12;

/// A part of the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corner {
    /// Pixels from its right edge.
    pub(crate) width: usize,
    /// Pixels from its upper edge.
    pub(crate) height: usize,
}

/// Writes the upper right corner of the screen in `frame` as a PNG.
pub(crate) fn picture(frame: &Path, corner: Corner, to: &Path) -> Result<(), Failure> {
    let screen = std::fs::read(frame)?;
    let number = |place: usize| -> Result<usize, Failure> {
        let bytes = screen
            .get(place * 4..place * 4 + 4)
            .and_then(|bytes| bytes.try_into().ok());
        let number = bytes
            .map(u32::from_be_bytes)
            .and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| Failure::Wrong("the screen's file has no head".to_owned()))
    };
    let (width, height, line) = (number(WIDTH)?, number(HEIGHT)?, number(BYTES_PER_LINE)?);
    let pixels = number(HEADER_SIZE)? + number(COLOURS)? * COLOUR;
    let (wide, high) = (corner.width.min(width), corner.height.min(height));
    let mut rgb = Vec::with_capacity(wide * high * 3);
    for row in 0..high {
        let from = pixels + row * line + (width - wide) * 4;
        let row = screen.get(from..from + wide * 4).unwrap_or_default();
        for pixel in row.chunks_exact(4) {
            // Blue first, and a byte that nothing is in.
            if let [blue, green, red, _] = pixel {
                rgb.extend([red, green, blue]);
            }
        }
    }
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or_default();
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(to)?), size(wide), size(high));
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder
        .write_header()
        .map_err(|error| Failure::Wrong(error.to_string()))?;
    writer
        .write_image_data(&rgb)
        .map_err(|error| Failure::Wrong(error.to_string()))
}
