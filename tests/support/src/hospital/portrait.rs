//! Portraits and team emblems, drawn: no photograph of anybody comes in, and every picture is small.

use std::io;

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point, Rect,
    SpreadMode, Stroke, Transform,
};

/// Width and height in pixels.
const SIDE: u16 = 128;

/// A hairstyle, or what covers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Hair {
    #[default]
    Short,
    Quiff,
    Curls,
    Bob,
    Fringe,
    Long,
    Bun,
    Scarf,
    Bald,
}

/// How a person looks. Colours are `0xRRGGBB`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    skin: u32,
    hair_colour: u32,
    hair: Hair,
    scrubs: u32,
    face: Face,
}

/// What a face has besides eyes and a smile.
#[derive(Debug, Clone, Copy, Default)]
struct Face {
    beard: bool,
    glasses: bool,
}

impl Look {
    pub(super) fn plain(skin: u32, hair_colour: u32, hair: Hair, scrubs: u32) -> Self {
        Self {
            skin,
            hair_colour,
            hair,
            scrubs,
            face: Face::default(),
        }
    }

    pub(super) fn beard(mut self) -> Self {
        self.face.beard = true;
        self
    }

    pub(super) fn glasses(mut self) -> Self {
        self.face.glasses = true;
        self
    }
}

/// What stands on a team's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emblem {
    Heart,
    Pulse,
    Bell,
    Clock,
    People,
    Bed,
}

/// A portrait as PNG.
pub(super) fn person(look: &Look) -> io::Result<Vec<u8>> {
    let mut canvas = Canvas::new(mixed(look.scrubs, 0xffffff, 0.72), mixed(look.scrubs, 0xffffff, 0.38))?;
    let shade = mixed(look.skin, 0x000000, 0.14);
    match look.hair {
        Hair::Long => {
            canvas.oval(look.hair_colour, 33.0, 22.0, 95.0, 84.0);
            canvas.block(look.hair_colour, 33.0, 52.0, 95.0, 106.0);
        }
        Hair::Bob => {
            canvas.oval(look.hair_colour, 33.0, 20.0, 95.0, 86.0);
            canvas.block(look.hair_colour, 33.0, 50.0, 95.0, 80.0);
        }
        Hair::Fringe => {
            canvas.oval(look.hair_colour, 34.0, 20.0, 94.0, 84.0);
            canvas.block(look.hair_colour, 34.0, 50.0, 94.0, 92.0);
        }
        Hair::Bun => canvas.oval(look.hair_colour, 51.0, 8.0, 77.0, 34.0),
        Hair::Curls => {
            for (x, y) in [
                (40.0, 44.0),
                (46.0, 33.0),
                (57.0, 26.0),
                (71.0, 26.0),
                (82.0, 33.0),
                (88.0, 44.0),
            ] {
                canvas.oval(look.hair_colour, x - 13.0, y - 11.0, x + 13.0, y + 15.0);
            }
        }
        Hair::Scarf => canvas.oval(look.hair_colour, 31.0, 18.0, 97.0, 100.0),
        Hair::Short | Hair::Quiff | Hair::Bald => {}
    }
    // Shoulders, the V of the scrubs, neck.
    canvas.oval(look.scrubs, 14.0, 94.0, 114.0, 178.0);
    canvas.block(shade, 54.0, 78.0, 74.0, 98.0);
    canvas.shape(shade, &[(50.0, 96.0), (78.0, 96.0), (64.0, 116.0)]);
    if look.hair == Hair::Scarf {
        canvas.oval(mixed(look.hair_colour, 0x000000, 0.12), 38.0, 74.0, 90.0, 112.0);
    }
    canvas.oval(look.skin, 39.0, 27.0, 89.0, 89.0);
    if look.face.beard {
        canvas.lower_face(mixed(look.hair_colour, look.skin, 0.15), look.skin);
    }
    canvas.hair_over_face(look);
    canvas.features(look);
    canvas.png()
}

/// A team's picture as PNG.
pub(super) fn team(emblem: Emblem) -> io::Result<Vec<u8>> {
    let (top, bottom) = match emblem {
        Emblem::Heart => (0xe85d75, 0xb82d55),
        Emblem::Pulse => (0x2f8fd9, 0x005eb8),
        Emblem::Bell => (0xf2a63b, 0xd0721a),
        Emblem::Clock => (0x6f7fd6, 0x414fa8),
        Emblem::People => (0x2fb59a, 0x0f8070),
        Emblem::Bed => (0x6e8698, 0x42586a),
    };
    let mut canvas = Canvas::new(top, bottom)?;
    canvas.emblem(emblem);
    canvas.png()
}

struct Canvas(Pixmap);

impl Canvas {
    fn new(top: u32, bottom: u32) -> io::Result<Self> {
        let side = u32::from(SIDE);
        let mut pixmap = Pixmap::new(side, side).ok_or_else(|| io::Error::other("no pixel map of this size"))?;
        let stops = vec![
            GradientStop::new(0.0, colour(top)),
            GradientStop::new(1.0, colour(bottom)),
        ];
        let (from, to) = (Point::from_xy(20.0, 0.0), Point::from_xy(108.0, f32::from(SIDE)));
        let shader = LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity());
        let paint = Paint {
            shader: shader.ok_or_else(|| io::Error::other("no gradient"))?,
            ..Paint::default()
        };
        if let Some(all) = Rect::from_xywh(0.0, 0.0, f32::from(SIDE), f32::from(SIDE)) {
            pixmap.fill_rect(all, &paint, Transform::identity(), None);
        }
        Ok(Self(pixmap))
    }

    fn fill(&mut self, rgb: u32, path: Option<Path>) {
        if let Some(path) = path {
            self.0
                .fill_path(&path, &solid(rgb), FillRule::Winding, Transform::identity(), None);
        }
    }

    fn oval(&mut self, rgb: u32, left: f32, top: f32, right: f32, bottom: f32) {
        self.fill(
            rgb,
            Rect::from_ltrb(left, top, right, bottom).and_then(PathBuilder::from_oval),
        );
    }

    /// A rectangle with rounded lower corners, enough to look like cloth or hair.
    fn block(&mut self, rgb: u32, left: f32, top: f32, right: f32, bottom: f32) {
        let radius = 9.0_f32.min((right - left) / 2.0);
        let mut path = PathBuilder::new();
        path.move_to(left, top);
        path.line_to(right, top);
        path.line_to(right, bottom - radius);
        path.quad_to(right, bottom, right - radius, bottom);
        path.line_to(left + radius, bottom);
        path.quad_to(left, bottom, left, bottom - radius);
        path.close();
        self.fill(rgb, path.finish());
    }

    fn shape(&mut self, rgb: u32, corners: &[(f32, f32)]) {
        let mut path = PathBuilder::new();
        for (index, (x, y)) in corners.iter().enumerate() {
            if index == 0 {
                path.move_to(*x, *y)
            } else {
                path.line_to(*x, *y)
            }
        }
        path.close();
        self.fill(rgb, path.finish());
    }

    fn line(&mut self, rgb: u32, width: f32, draw: impl FnOnce(&mut PathBuilder)) {
        let mut path = PathBuilder::new();
        draw(&mut path);
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        if let Some(path) = path.finish() {
            self.0
                .stroke_path(&path, &solid(rgb), &stroke, Transform::identity(), None);
        }
    }

    fn lower_face(&mut self, beard: u32, skin: u32) {
        let mut path = PathBuilder::new();
        path.move_to(39.5, 58.0);
        path.cubic_to(40.0, 98.0, 88.0, 98.0, 88.5, 58.0);
        path.cubic_to(84.0, 72.0, 76.0, 68.0, 64.0, 68.0);
        path.cubic_to(52.0, 68.0, 44.0, 72.0, 39.5, 58.0);
        path.close();
        self.fill(beard, path.finish());
        self.oval(skin, 55.0, 70.0, 73.0, 80.0);
    }

    fn hair_over_face(&mut self, look: &Look) {
        let mut path = PathBuilder::new();
        match look.hair {
            Hair::Bald => return,
            Hair::Scarf => {
                // The scarf frames the face: a ring is the outer oval minus the face.
                self.line(look.hair_colour, 9.0, |path| {
                    if let Some(rect) = Rect::from_ltrb(38.0, 25.0, 90.0, 92.0) {
                        path.push_oval(rect);
                    }
                });
                return;
            }
            Hair::Fringe => {
                path.move_to(37.0, 56.0);
                path.cubic_to(36.0, 14.0, 92.0, 14.0, 91.0, 56.0);
                path.cubic_to(88.0, 46.0, 84.0, 45.0, 64.0, 45.0);
                path.cubic_to(44.0, 45.0, 40.0, 46.0, 37.0, 56.0);
            }
            Hair::Quiff => {
                path.move_to(38.0, 54.0);
                path.cubic_to(32.0, 24.0, 52.0, 12.0, 74.0, 17.0);
                path.cubic_to(92.0, 20.0, 94.0, 40.0, 90.0, 54.0);
                path.cubic_to(86.0, 42.0, 78.0, 38.0, 64.0, 40.0);
                path.cubic_to(50.0, 42.0, 42.0, 42.0, 38.0, 54.0);
            }
            Hair::Long | Hair::Bob => {
                path.move_to(37.0, 62.0);
                path.cubic_to(32.0, 14.0, 96.0, 14.0, 91.0, 62.0);
                path.cubic_to(88.0, 44.0, 76.0, 42.0, 58.0, 36.0);
                path.cubic_to(52.0, 44.0, 40.0, 46.0, 37.0, 62.0);
            }
            Hair::Short | Hair::Bun | Hair::Curls => {
                path.move_to(38.0, 56.0);
                path.cubic_to(33.0, 16.0, 95.0, 16.0, 90.0, 56.0);
                path.cubic_to(87.0, 42.0, 78.0, 39.0, 64.0, 39.0);
                path.cubic_to(50.0, 39.0, 41.0, 42.0, 38.0, 56.0);
            }
        }
        path.close();
        self.fill(look.hair_colour, path.finish());
    }

    fn features(&mut self, look: &Look) {
        const INK: u32 = 0x2b2220;
        self.oval(INK, 51.5, 56.0, 56.5, 62.0);
        self.oval(INK, 71.5, 56.0, 76.5, 62.0);
        self.line(mixed(look.skin, 0x6b1a1a, 0.6), 2.6, |path| {
            path.move_to(57.0, 74.0);
            path.quad_to(64.0, 80.0, 71.0, 74.0);
        });
        if look.face.glasses {
            for left in [46.0, 66.0] {
                self.line(INK, 2.2, |path| {
                    if let Some(rect) = Rect::from_ltrb(left, 51.0, left + 16.0, 67.0) {
                        path.push_oval(rect);
                    }
                });
            }
            self.line(INK, 2.2, |path| {
                path.move_to(62.0, 58.0);
                path.line_to(66.0, 58.0);
            });
        }
    }

    fn emblem(&mut self, emblem: Emblem) {
        const WHITE: u32 = 0xffffff;
        match emblem {
            Emblem::Heart => {
                let mut path = PathBuilder::new();
                path.move_to(64.0, 98.0);
                path.cubic_to(8.0, 60.0, 36.0, 18.0, 64.0, 46.0);
                path.cubic_to(92.0, 18.0, 120.0, 60.0, 64.0, 98.0);
                path.close();
                self.fill(WHITE, path.finish());
            }
            Emblem::Pulse => self.polyline(&[
                (22.0, 68.0),
                (44.0, 68.0),
                (54.0, 40.0),
                (68.0, 94.0),
                (80.0, 58.0),
                (86.0, 68.0),
                (106.0, 68.0),
            ]),
            Emblem::Bell => {
                let mut path = PathBuilder::new();
                path.move_to(30.0, 86.0);
                path.cubic_to(42.0, 76.0, 38.0, 34.0, 64.0, 34.0);
                path.cubic_to(90.0, 34.0, 86.0, 76.0, 98.0, 86.0);
                path.close();
                self.fill(WHITE, path.finish());
                self.oval(WHITE, 58.0, 26.0, 70.0, 40.0);
                self.oval(WHITE, 54.0, 88.0, 74.0, 102.0);
            }
            Emblem::Clock => {
                self.line(WHITE, 8.0, |path| {
                    if let Some(rect) = Rect::from_ltrb(32.0, 32.0, 96.0, 96.0) {
                        path.push_oval(rect);
                    }
                });
                self.polyline(&[(64.0, 46.0), (64.0, 66.0), (78.0, 74.0)]);
            }
            Emblem::People => {
                for (x, y) in [(40.0, 52.0), (88.0, 52.0)] {
                    self.oval(0xd5f2ea, x - 11.0, y - 11.0, x + 11.0, y + 11.0);
                    self.oval(0xd5f2ea, x - 19.0, y + 14.0, x + 19.0, y + 58.0);
                }
                self.oval(WHITE, 50.0, 32.0, 78.0, 60.0);
                self.block(WHITE, 40.0, 78.0, 88.0, 100.0);
                self.oval(WHITE, 40.0, 64.0, 88.0, 94.0);
            }
            Emblem::Bed => {
                self.polyline(&[(28.0, 42.0), (28.0, 92.0)]);
                self.polyline(&[(28.0, 78.0), (100.0, 78.0), (100.0, 92.0)]);
                self.oval(WHITE, 36.0, 52.0, 54.0, 70.0);
                self.polyline(&[(62.0, 66.0), (88.0, 66.0), (100.0, 78.0)]);
            }
        }
    }

    fn polyline(&mut self, points: &[(f32, f32)]) {
        self.line(0xffffff, 8.0, |path| {
            for (index, (x, y)) in points.iter().enumerate() {
                if index == 0 {
                    path.move_to(*x, *y)
                } else {
                    path.line_to(*x, *y)
                }
            }
        });
    }

    /// The picture as PNG. All pixels are opaque, so premultiplied and plain colours are the same.
    fn png(self) -> io::Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, u32::from(SIDE), u32::from(SIDE));
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.0.data())?;
        writer.finish()?;
        Ok(file)
    }
}

fn channels(rgb: u32) -> [u8; 3] {
    let [_, red, green, blue] = rgb.to_be_bytes();
    [red, green, blue]
}

fn colour(rgb: u32) -> Color {
    let [red, green, blue] = channels(rgb);
    Color::from_rgba8(red, green, blue, 255)
}

fn solid(rgb: u32) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(colour(rgb));
    paint.anti_alias = true;
    paint
}

/// `first` with `share` (0 to 1) of `second` mixed in.
fn mixed(first: u32, second: u32, share: f32) -> u32 {
    let mut result = 0;
    for (one, two) in channels(first).into_iter().zip(channels(second)) {
        let value = f32::from(one) * (1.0 - share) + f32::from(two) * share;
        // Between 0 and 255 by construction.
        result = (result << 8) | (value.round() as u32);
    }
    result
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::hospital::{staff, teams};

    #[test]
    fn every_person_and_team_has_a_small_picture_of_its_own() {
        let people = staff::everybody();
        let teams = teams::all();
        let mut pictures: Vec<Vec<u8>> = people.iter().map(|one| person(&one.look).unwrap()).collect();
        pictures.extend(teams.iter().map(|one| team(one.emblem).unwrap()));
        for picture in &pictures {
            let reader = png::Decoder::new(io::Cursor::new(picture)).read_info().unwrap();
            assert_eq!(reader.info().size(), (128, 128));
            assert!(picture.len() < 12_000, "{} bytes", picture.len());
        }
        let different: HashSet<&Vec<u8>> = pictures.iter().collect();
        assert_eq!(different.len(), people.len() + teams.len());
    }
}
