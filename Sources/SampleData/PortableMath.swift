/// Functions that give the same bits everywhere.
///
/// They use only `+ - * /`, which IEEE 754 defines to the last bit (Swift never fuses them); a C library's `exp` and `log`
/// may differ from one version to the next, and one different bit would change the sample.
/// Slow, which does not matter: they only fill tables. Relative error below 1e-11.
package enum PortableMath {
  package static func exp(_ exponent: Double) -> Double {
    var reduced = exponent
    var halvings = 0
    while reduced > 0.0625 || reduced < -0.0625 {
      reduced /= 2
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for order in 1...10 {
      term *= reduced / Double(order)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }

  /// The natural logarithm of a positive number, by Halley's iteration on `exp`.
  package static func log(_ value: Double) -> Double {
    var result = 0.0
    for _ in 0..<40 {
      let power = exp(result)
      let step = 2 * (value - power) / (value + power)
      result += step
      if step < 1e-14, step > -1e-14 { break }
    }
    return result
  }

  /// The value a standard normal variable stays below with the given probability, by Newton's
  /// iteration on the distribution's series (Marsaglia, "Evaluating the normal distribution", 2004).
  package static func normalQuantile(_ probability: Double) -> Double {
    var result = 0.0
    for _ in 0..<60 {
      let density = exp(-result * result / 2) / 2.506628274631000502
      var term = result
      var sum = result
      for order in stride(from: 3.0, through: 121.0, by: 2.0) {
        term *= result * result / order
        sum += term
      }
      // Far out the tangent overshoots: a bounded step always comes back.
      let step = max(-1, min(1, (probability - 0.5 - density * sum) / density))
      result += step
      if step < 1e-13, step > -1e-13 { break }
    }
    return result
  }
}
