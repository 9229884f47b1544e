//! Pictures of people as they are kept: decoded and drawn anew here, in memory-safe code, so that no decoder of the web view ever reads
//! bytes that somebody else chose.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

/// Largest picture that is looked at, in bytes.
const BYTES: usize = 512 * 1024;
/// Longest side of a picture that is looked at, in pixels.
const SIDE: u32 = 4_096;
/// Most memory that decoding may take, in bytes.
const MEMORY: u64 = 64 * 1024 * 1024;
/// Longest side of a picture that is kept, in pixels: twice the largest that is drawn.
const KEPT: u32 = 256;

/// Media type of every picture that is kept.
pub(crate) const MEDIA_TYPE: &str = "image/png";

/// A picture as a small PNG, made of its pixels alone: of several frames the first. `None`: it is no PNG, JPEG, GIF or WebP, whatever
/// it claims, or too large, or broken. Takes its time: not for the async runtime.
#[must_use]
pub(crate) fn redrawn(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > BYTES {
        return None;
    }
    let format = image::guess_format(bytes).ok()?;
    let is_known = matches!(
        format,
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP
    );
    if !is_known {
        return None;
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > MEMORY {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > KEPT {
        picture = picture.thumbnail(KEPT, KEPT);
    }
    let mut png = Cursor::new(Vec::new());
    let pixels = DynamicImage::ImageRgba8(picture.into_rgba8());
    pixels.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use image::{Frame, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([(x % 256) as u8, (y % 256) as u8, 90, 255])
        });
        let picture = match format {
            ImageFormat::Jpeg => DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(pixels).into_rgb8()),
            _ => DynamicImage::ImageRgba8(pixels),
        };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Width and height of what is kept of a picture.
    fn kept(bytes: &[u8]) -> Option<(u32, u32)> {
        let png = redrawn(bytes)?;
        assert_eq!(image::guess_format(&png).unwrap(), ImageFormat::Png);
        let picture = image::load_from_memory(&png).unwrap();
        Some((picture.width(), picture.height()))
    }

    /// A PNG that claims a size of which it has not a pixel.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = drawn(1, 1, ImageFormat::Png);
        bytes.splice(16..24, [width.to_be_bytes(), height.to_be_bytes()].concat());
        let crc = crc32(&bytes[12..29]);
        bytes.splice(29..33, crc.to_be_bytes());
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }

    #[test]
    fn pictures_of_each_kind_are_drawn_anew_and_small() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let bytes = drawn(64, 48, format);
            assert_eq!(kept(&bytes), Some((64, 48)), "{format:?}");
        }
        assert_eq!(kept(&drawn(1_024, 512, ImageFormat::Jpeg)), Some((256, 128)));
    }

    #[test]
    fn of_several_frames_the_first_is_kept() {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for shade in 0..50 {
            let frame = RgbaImage::from_pixel(8, 8, image::Rgba([shade * 5, 0, 0, 255]));
            encoder.encode_frame(Frame::new(frame)).unwrap();
        }
        drop(encoder);
        let png = redrawn(&bytes).unwrap();
        let kept = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!((kept.dimensions(), kept.get_pixel(0, 0).0[0]), ((8, 8), 0));
    }

    #[test]
    fn what_is_behind_the_pixels_is_not_kept() {
        let mut bytes = drawn(8, 8, ImageFormat::Png);
        bytes.extend_from_slice(b"<script>");
        let kept = redrawn(&bytes).unwrap();
        assert!(!kept.windows(8).any(|part| part == b"<script>"));
    }

    #[test]
    fn anything_else_is_refused() {
        for bytes in [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>".as_slice(),
            b"",
            b"\x89PNG",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"GIF89a",
            b"RIFF\xff\xff\xff\xffWEBPVP8 ",
            b"BM\x3a\0\0\0\0\0",
            b"\0\0\x01\0\x01\0",
            b"II*\0",
        ] {
            assert_eq!(redrawn(bytes), None, "{bytes:?}");
        }
        let mut cut = drawn(64, 64, ImageFormat::Png);
        cut.truncate(60);
        assert_eq!(redrawn(&cut), None);
        let mut large = drawn(8, 8, ImageFormat::Png);
        large.resize(BYTES + 1, 0);
        assert_eq!(redrawn(&large), None);
    }

    #[test]
    fn a_few_bytes_that_claim_many_pixels_are_refused() {
        assert_eq!(kept(&bomb(1, 1)), Some((1, 1)), "the sample itself is right");
        for (width, height) in [(60_000, 60_000), (SIDE + 1, 1), (1, u32::MAX), (0, 0)] {
            assert_eq!(redrawn(&bomb(width, height)), None, "{width} by {height}");
        }
        let mut gif = drawn(1, 1, ImageFormat::Gif);
        gif.splice(6..10, [0xff; 4]);
        assert_eq!(redrawn(&gif), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_damaged_picture_ends_in_more_than_a_refusal(format in 0_usize..4, at in 0_usize..200, value: u8) {
            let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP][format];
            let mut bytes = drawn(9, 7, format);
            let at = at % bytes.len();
            bytes[at] = value;
            if let Some(png) = redrawn(&bytes) {
                prop_assert!(image::load_from_memory(&png).is_ok());
            }
        }
    }
}
