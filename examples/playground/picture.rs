//! What a classifier says about each pixel of the plane, and where the points are.

use nn::prelude::*;

/// A pixel of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pixel {
    /// The likeliest class; none where the network's outputs are NaN.
    pub(crate) class: Option<usize>,
    /// 0 where that class is no likelier than the others, 1 where it is certain.
    pub(crate) certainty: f32,
    /// The class of a point that lies here.
    pub(crate) point: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct Picture {
    width: usize,
    pixels: Vec<Pixel>,
}

impl Picture {
    /// Asks the network about the middles of `width × height` pixels. `aspect` is how much taller a
    /// pixel is than wide.
    pub(crate) fn new(
        network: &Network,
        data: &Dataset,
        [width, height]: [usize; 2],
        aspect: f32,
        scratch: &mut Scratch,
    ) -> nn::Result<Self> {
        let window = Window::around(data, [width, height], aspect);
        let plane = Matrix::from_fn(width * height, 2, |pixel, feature| {
            window.middle([pixel % width, pixel / width])[feature]
        });
        let mut outputs = Matrix::zeros(plane.rows(), data.classes());
        network.predict_into(plane.view(), outputs.view_mut(), scratch)?;
        let probabilities = Softmax.forward(&outputs)?;

        let even = 1.0 / data.classes() as f32;
        let pixel = |(pixel, class): (usize, Option<usize>)| {
            let probability = class.map_or(even, |class| probabilities[(pixel, class)]);
            Pixel { class, certainty: (probability - even) / (1.0 - even), point: None }
        };
        let pixels = probabilities.argmax_rows().into_iter().enumerate().map(pixel).collect();
        let mut picture = Self { width, pixels };
        for (point, &label) in data.inputs().iter_rows().zip(data.labels()) {
            let [column, row] = window.pixel([point[0], point[1]]);
            if column < width && row < height {
                picture.pixels[row * width + column].point = Some(label);
            }
        }
        Ok(picture)
    }

    /// The rows of pixels, from the top.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[Pixel]> {
        self.pixels.chunks_exact(self.width.max(1))
    }
}

/// The part of the plane that is seen.
struct Window {
    /// Its left upper corner.
    corner: [f32; 2],
    /// The width and height of a pixel; upwards is positive, so the height is negative.
    step: [f32; 2],
}

/// How much wider the window is than the data.
const MARGIN: f32 = 1.1;

impl Window {
    /// The data in the middle, in one scale on both axes, as large as they fit.
    fn around(data: &Dataset, [width, height]: [usize; 2], aspect: f32) -> Self {
        let columns = data.inputs().view();
        let [x, y] = [0, 1].map(|feature| {
            let numbers = columns.column(feature).unwrap_or_default();
            let low = numbers.iter().copied().fold(f32::INFINITY, f32::min);
            let high = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            (low.midpoint(high), (high - low).max(0.1) * MARGIN)
        });
        let [width, height] = [width as f32, height as f32];
        let side = (x.1 / width).max(y.1 / (height * aspect));
        let step = [side, -side * aspect];
        Self { corner: [x.0 - step[0] * width / 2.0, y.0 - step[1] * height / 2.0], step }
    }

    fn middle(&self, pixel: [usize; 2]) -> [f32; 2] {
        [0, 1].map(|axis| self.corner[axis] + (pixel[axis] as f32 + 0.5) * self.step[axis])
    }

    fn pixel(&self, point: [f32; 2]) -> [usize; 2] {
        [0, 1].map(|axis| ((point[axis] - self.corner[axis]) / self.step[axis]) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::training::Training;

    #[test]
    fn every_point_is_seen_whatever_the_size() {
        let training = Training::new(&Options::default().setup).unwrap();
        let (network, data) = (training.network(), training.data());
        for size in [[1, 1], [1, 50], [50, 1], [3, 2], [200, 100]] {
            let picture = Picture::new(network, data, size, 1.0, &mut Scratch::default()).unwrap();
            assert_eq!(picture.rows().len(), size[1]);
            assert!(picture.rows().all(|row| row.len() == size[0]));
            let window = Window::around(data, size, 1.0);
            for point in data.inputs().iter_rows() {
                let pixel = window.pixel([point[0], point[1]]);
                assert!(pixel[0] < size[0] && pixel[1] < size[1]);
            }
        }
    }

    #[test]
    fn the_pixel_of_a_middle_is_its_own() {
        let data = Training::new(&Options::default().setup).unwrap().data().clone();
        let window = Window::around(&data, [60, 24], 2.0);
        for pixel in [[0, 0], [59, 0], [30, 12], [59, 23]] {
            assert_eq!(window.pixel(window.middle(pixel)), pixel);
        }
    }
}
