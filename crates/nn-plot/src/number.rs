//! Numbers as axes show them.

/// A number among others that are multiples of `step`, with the digits that tell them apart; as a
/// multiple of a power of ten where the largest of them, `largest`, is very large or small.
pub(crate) fn label(number: f64, step: f64, largest: f64) -> String {
    let (first, last) = (exponent(largest), exponent(step));
    if number == 0.0 {
        "0".into()
    } else if (-3..=5).contains(&first) {
        signed(number, -last)
    } else {
        let digits = signed(number / 10.0_f64.powi(first), first - last);
        if digits == "1" { power(first) } else { format!("{digits}×{}", power(first)) }
    }
}

/// A power of ten, as `10⁻³`.
pub(crate) fn power(exponent: i32) -> String {
    let raise = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + (digit as u32 - '0' as u32)).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raise).collect::<String>())
}

/// The power of ten at or below a number above 0.
pub(crate) fn exponent(number: f64) -> i32 {
    // What ends in rounding just below a power is meant to be that power.
    (number.abs().log10() + 1e-9).floor() as i32
}

/// With so many decimals, and a minus as wide as a plus.
fn signed(number: f64, decimals: i32) -> String {
    format!("{number:.*}", decimals.max(0) as usize).replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_tell_them_apart() {
        assert_eq!(label(0.5, 0.5, 1.5), "0.5");
        assert_eq!(label(-0.25, 0.05, 1.0), "−0.25");
        assert_eq!(label(1000.0, 500.0, 2000.0), "1000");
        assert_eq!(label(1.5e30, 5e29, 2e30), "1.5×10³⁰");
        assert_eq!(label(1e30, 1e30, 2e30), "10³⁰");
        assert_eq!(label(-2e-9, 1e-9, 2e-9), "−2×10⁻⁹");
        assert_eq!(label(0.0, 1e29, 1e30), "0");
    }
}
