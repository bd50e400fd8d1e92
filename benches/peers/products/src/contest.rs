//! One product, computed by everyone in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

use gemm::Parallelism;
use nalgebra::DMatrix;
use nn_tensor::{Matrix, View, product};

use crate::grid::Layer;

/// Which of a layer's three products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `Y = X·W`
    Forward,
    /// `∂W = Xᵀ·∂Y`
    Weights,
    /// `∂X = ∂Y·Wᵀ`
    Inputs,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Forward, Self::Weights, Self::Inputs];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Forward => "X·W",
            Self::Weights => "Xᵀ·∂Y",
            Self::Inputs => "∂Y·Wᵀ",
        }
    }
}

/// Who takes part; the first is this project.
pub const NAMES: [&str; 4] = ["nn-tensor", "gemm", "matrixmultiply", "nalgebra"];

/// A matrix in memory as libraries with pointers want it told.
#[derive(Clone, Copy)]
struct Strided {
    data: *const f32,
    row_step: isize,
    column_step: isize,
}

fn strided(matrix: &DMatrix<f32>) -> Strided {
    Strided { data: matrix.as_ptr(), row_step: 1, column_step: matrix.nrows() as isize }
}

impl Strided {
    fn transposed(self) -> Self {
        Self { row_step: self.column_step, column_step: self.row_step, ..self }
    }
}

/// `C = A·B`, all that it takes.
struct Product {
    /// Rows of `A`, its columns, and columns of `B`.
    sides: [usize; 3],
    a: Strided,
    b: Strided,
}

fn by_gemm(product: &Product, c: &mut DMatrix<f32>) {
    let Product { sides: [m, k, n], a, b } = *product;
    // SAFETY: the steps and sides are those of matrices that are alive, `c` is one of m × n.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            c.as_mut_ptr(),
            m as isize,
            1,
            false,
            a.data,
            a.column_step,
            a.row_step,
            b.data,
            b.column_step,
            b.row_step,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

fn by_matrixmultiply(product: &Product, c: &mut DMatrix<f32>) {
    let Product { sides: [m, k, n], a, b } = *product;
    // SAFETY: as for `by_gemm`.
    unsafe {
        matrixmultiply::sgemm(
            m,
            k,
            n,
            1.0,
            a.data,
            a.row_step,
            a.column_step,
            b.data,
            b.row_step,
            b.column_step,
            0.0,
            c.as_mut_ptr(),
            1,
            m as isize,
        );
    }
}

/// The same memory that the others read, so that nobody finds it warmer in cache.
fn view(matrix: &DMatrix<f32>) -> View<'_, f32> {
    View::from_slice(matrix.as_slice(), matrix.nrows(), matrix.ncols()).expect("no gaps")
}

fn values(rows: usize, columns: usize) -> DMatrix<f32> {
    DMatrix::from_fn(rows, columns, |i, j| ((i * 37 + j * 101) % 64) as f32 / 32.0 - 1.0)
}

/// A run of products long enough for the clock.
const SAMPLE: Duration = Duration::from_micros(40);

/// How long the samples of one product may take, all libraries together, and how many there are at
/// least.
const BUDGET: Duration = Duration::from_millis(160);
const FEWEST_ROUNDS: usize = 5;

/// The shortest time of one product in seconds, by each of [`NAMES`].
pub fn run(layer: Layer, form: Form) -> [f64; NAMES.len()] {
    let Layer { rows, inputs, outputs } = layer;
    let (x, w, dy) = (values(rows, inputs), values(inputs, outputs), values(rows, outputs));
    let (a, b) = match form {
        Form::Forward => (strided(&x), strided(&w)),
        Form::Weights => (strided(&x).transposed(), strided(&dy)),
        Form::Inputs => (strided(&dy), strided(&w).transposed()),
    };
    let sides = match form {
        Form::Forward => [rows, inputs, outputs],
        Form::Weights => [inputs, rows, outputs],
        Form::Inputs => [rows, outputs, inputs],
    };
    let product = Product { sides, a, b };
    let outputs_of = || DMatrix::<f32>::zeros(sides[0], sides[2]);
    let [mut by_gemm_c, mut by_matrixmultiply_c, mut by_nalgebra_c] = [(); 3].map(|()| outputs_of());
    let mut transposed = DMatrix::zeros(outputs, inputs);

    let mut own_c = Matrix::zeros(sides[0], sides[2]);
    let mut own = || {
        let c = own_c.view_mut();
        match form {
            Form::Forward => product::matmul(view(&x), view(&w), c),
            Form::Weights => product::transpose_matmul(view(&x), view(&dy), c),
            Form::Inputs => product::matmul_transpose(view(&dy), view(&w), c),
        }
        .expect("the shapes are those of a layer");
    };
    let mut by_gemm = || by_gemm(black_box(&product), &mut by_gemm_c);
    let mut by_matrixmultiply = || by_matrixmultiply(black_box(&product), &mut by_matrixmultiply_c);
    let mut by_nalgebra = || match form {
        Form::Forward => by_nalgebra_c.gemm(1.0, &x, &w, 0.0),
        Form::Weights => by_nalgebra_c.gemm_tr(1.0, &x, &dy, 0.0),
        Form::Inputs => {
            w.transpose_to(&mut transposed);
            by_nalgebra_c.gemm(1.0, &dy, &transposed, 0.0);
        }
    };
    let contestants: [&mut dyn FnMut(); NAMES.len()] =
        [&mut own, &mut by_gemm, &mut by_matrixmultiply, &mut by_nalgebra];
    let best = interleaved(contestants);

    let own_c = own_c.as_slice();
    let largest = by_gemm_c.amax();
    for (own, other) in own_c.iter().zip(by_gemm_c.as_slice()) {
        assert!((own - other).abs() <= 1e-3 * largest.max(1.0), "{layer}: {own} for {other}");
    }
    best
}

/// The shortest time of each, taken in turn so that what slows the machine down hits all alike.
fn interleaved<const N: usize>(mut contestants: [&mut dyn FnMut(); N]) -> [f64; N] {
    // Warm up, then find how many products make a sample.
    let repeats = contestants.each_mut().map(|product| {
        product();
        let start = Instant::now();
        product();
        let once = start.elapsed().max(Duration::from_nanos(20));
        (SAMPLE.as_secs_f64() / once.as_secs_f64()).ceil() as u32
    });
    let mut best = [f64::INFINITY; N];
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < FEWEST_ROUNDS || start.elapsed() < BUDGET {
        for ((product, &repeats), best) in contestants.iter_mut().zip(&repeats).zip(&mut best) {
            let start = Instant::now();
            for _ in 0..repeats {
                product();
            }
            *best = best.min(start.elapsed().as_secs_f64() / f64::from(repeats));
        }
        rounds += 1;
    }
    best
}
