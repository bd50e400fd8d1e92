//! The kernels of each precision, compiled once.

use std::cell::Cell;

use super::{Dots, FewRows, Thin, Tiles, choice, one_hidden};
use crate::simd::dispatch;

/// The precisions that there are kernels for. Not part of the public interface.
///
/// Those of `f32` are compiled here, once, and not in every crate that multiplies. Those of `f64` take
/// as long, and most programs have no use for them: a release build compiles them where they are used.
#[doc(hidden)]
pub trait Gemm: Sized {
    #[doc(hidden)]
    fn tiles(product: &mut Tiles<'_, Self>);
    #[doc(hidden)]
    fn few_rows(product: FewRows<'_, Self>);
    #[doc(hidden)]
    fn dots(product: &mut Dots<'_, Self>);
    #[doc(hidden)]
    fn one_hidden_forward(pass: one_hidden::Forward<'_, Self>);
    #[doc(hidden)]
    fn one_hidden_backward(pass: one_hidden::Backward<'_, Self>);
}

macro_rules! kernels {
    ($($(#[$inline:meta])? $float:ty;)*) => {$(
        impl Gemm for $float {
            $(#[$inline])?
            fn tiles(product: &mut Tiles<'_, Self>) {
                if choice::is_thin(product.sides()) && product.may_be_thin() {
                    return dispatch(Thin(product));
                }
                thread_local! {
                    static BUFFER: Cell<Vec<$float>> = const { Cell::new(Vec::new()) };
                }
                let packs = product.packs();
                let mut buffer = Vec::new();
                if packs {
                    buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
                }
                dispatch(product.with_buffer(&mut buffer));
                if packs {
                    // A thread that is about to end has no use for it.
                    let _ = BUFFER.try_with(|kept| kept.set(buffer));
                }
            }

            $(#[$inline])?
            fn few_rows(product: FewRows<'_, Self>) {
                thread_local! {
                    static MEMORY: Cell<Vec<$float>> = const { Cell::new(Vec::new()) };
                }
                let mut memory = MEMORY.try_with(Cell::take).unwrap_or_default();
                let length = product.memory();
                if memory.len() < length {
                    memory.resize(length, 0.0);
                }
                product.run_alone(&mut memory[..length]);
                let _ = MEMORY.try_with(|kept| kept.set(memory));
            }

            $(#[$inline])?
            fn dots(product: &mut Dots<'_, Self>) {
                dispatch(product);
            }

            $(#[$inline])?
            fn one_hidden_forward(pass: one_hidden::Forward<'_, Self>) {
                dispatch(pass);
            }

            $(#[$inline])?
            fn one_hidden_backward(pass: one_hidden::Backward<'_, Self>) {
                dispatch(pass);
            }
        }
    )*};
}

kernels! {
    f32;
    #[cfg_attr(not(debug_assertions), inline)]
    f64;
}
