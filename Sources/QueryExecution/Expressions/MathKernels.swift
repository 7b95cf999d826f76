import ColumnStore
import Glibc
import QueryLanguage
import QueryPlanning

/// Functions of doubles, with PostgreSQL's errors.
enum MathKernels {
  static func sign(_ function: ScalarFunction) -> Kernel {
    switch function {
    case .negate: unary { -$0 }
    case .absolute: unary { $0.magnitude }
    default: unary { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    }
  }

  static func kernel(_ site: CallSite) -> Kernel {
    let location = site.location
    switch site.function {
    case .ceiling: return unary { $0.rounded(.up) }
    case .floor: return unary { $0.rounded(.down) }
    case .cubeRoot: return unary { cbrt($0) }
    case .arcTangent: return unary { atan($0) }
    case .radians: return unary { $0 * (.pi / 180) }
    case .round: return rounding(.toNearestOrAwayFromZero)
    case .truncate: return rounding(.towardZero)
    case .arcTangent2: return binary(location, noProblem) { atan2($0, $1) }
    case .power: return binary(location, powerProblem) { pow($0, $1) }
    case .logarithm:
      return binary(location, logarithmProblem) { log($1) / log($0) }
    case .squareRoot:
      return unary(location, rootProblem) { $0.squareRoot() }
    case .naturalLogarithm: return unary(location, logarithmProblem) { log($0) }
    case .logarithm10: return unary(location, logarithmProblem) { log10($0) }
    case .exponential: return unary(location, noProblem) { exp($0) }
    case .degrees: return unary(location, noProblem) { $0 * (180 / .pi) }
    case .sine: return unary(location, infinityProblem) { sin($0) }
    case .cosine: return unary(location, infinityProblem) { cos($0) }
    case .tangent: return unary(location, infinityProblem) { tan($0) }
    case .arcSine: return unary(location, unitProblem) { asin($0) }
    default: return unary(location, unitProblem) { acos($0) }
    }
  }

  private static let outOfRange = "input is out of range"

  private static func noProblem(_ value: Double) -> String? { nil }
  private static func noProblem(_ left: Double, _ right: Double) -> String? { nil }

  private static func rootProblem(_ value: Double) -> String? {
    value < 0 ? "cannot take square root of a negative number" : nil
  }

  private static func infinityProblem(_ value: Double) -> String? {
    value.isInfinite ? outOfRange : nil
  }

  private static func unitProblem(_ value: Double) -> String? {
    value < -1 || value > 1 ? outOfRange : nil
  }

  private static func logarithmProblem(_ value: Double) -> String? {
    value == 0
      ? "cannot take logarithm of zero"
      : value < 0 ? "cannot take logarithm of a negative number" : nil
  }

  private static func logarithmProblem(_ base: Double, _ value: Double) -> String? {
    logarithmProblem(base) ?? logarithmProblem(value) ?? (base == 1 ? "division by zero" : nil)
  }

  private static func powerProblem(_ base: Double, _ exponent: Double) -> String? {
    if base == 0, exponent < 0 { return "zero raised to a negative power is undefined" }
    if base < 0, base.isFinite, exponent.isFinite, exponent != exponent.rounded() {
      return "a negative number raised to a non-integer power yields a complex result"
    }
    return nil
  }

  private static func unary(_ body: @escaping @Sendable (Double) -> Double) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let values = arguments[0].doubleRows.map(body)
      return Vector(type: .double, count: rows.count, storage: .doubles(values))
    }
  }

  /// A finite argument must not give infinity.
  private static func unary(
    _ location: Range<Int>, _ problem: @escaping @Sendable (Double) -> String?,
    _ body: @escaping @Sendable (Double) -> Double
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[0].doubleRows
      for row in values.indices {
        let value = values[row]
        let result = body(value)
        if !result.isFinite || problem(value) != nil, rows.isValid(row) {
          try check(problem(value), result, isFinite: value.isFinite, location)
        }
        values[row] = result
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(values))
    }
  }

  private static func binary(
    _ location: Range<Int>, _ problem: @escaping @Sendable (Double, Double) -> String?,
    _ body: @escaping @Sendable (Double, Double) -> Double
  ) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      let left = arguments[0].doubleRows
      let right = arguments[1].doubleRows
      var values = [Double](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        let result = body(left[row], right[row])
        try check(
          problem(left[row], right[row]), result,
          isFinite: left[row].isFinite && right[row].isFinite, location)
        values[row] = result
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(values))
    }
  }

  private static func check(
    _ problem: String?, _ result: Double, isFinite: Bool, _ location: Range<Int>
  ) throws(QueryError) {
    if let problem {
      let code: QueryError.Code =
        problem == outOfRange
        ? .numericOutOfRange : problem == "division by zero" ? .divisionByZero : .invalidArgument
      throw QueryError(code, problem, at: location)
    }
    if result.isInfinite, isFinite {
      throw QueryError(.numericOutOfRange, "value out of range: overflow", at: location)
    }
  }

  private static func rounding(_ rule: FloatingPointRoundingRule) -> Kernel {
    Kernels.strict { (arguments, rows) throws(QueryError) in
      var values = arguments[0].doubleRows
      if arguments.count == 1 {
        for row in values.indices { values[row].round(rule) }
      } else {
        let digits = arguments[1].integerRows
        for row in values.indices { values[row] = rounded(values[row], digits[row], rule) }
      }
      return Vector(type: .double, count: rows.count, storage: .doubles(values))
    }
  }

  /// To so many digits after the point. A value whose decimal digits end in the middle counts as
  /// the middle, though the nearest double may lie beside it: 1.005 rounds to 1.01.
  static func rounded(
    _ value: Double, _ digits: Int64, _ rule: FloatingPointRoundingRule
  ) -> Double {
    if digits > 308 || !value.isFinite { return value }
    if digits < -308 { return 0 }
    let power = pow(10, Double(digits.magnitude))
    let scaled = digits >= 0 ? value * power : value / power
    // Beyond 2^52 there is no fraction to round.
    guard scaled.magnitude < 4_503_599_627_370_496 else { return value }
    let slack = 2 * scaled.ulp
    let whole = scaled.rounded(.towardZero)
    let fraction = (scaled - whole).magnitude
    let step: Double = value < 0 ? -1 : 1
    var result = whole
    switch rule {
    case .towardZero: if fraction >= 1 - slack { result += step }
    default: if fraction >= 0.5 - slack { result += step }
    }
    return digits >= 0 ? result / power : result * power
  }
}

/// GREATEST and LEAST.
enum ExtremeKernels {
  static func kernel(isGreatest: Bool, _ type: DataType) -> Kernel {
    { (arguments, count) throws(QueryError) in
      let arguments = arguments.filter { !$0.isNullConstant }
      guard let first = arguments.first else {
        return Vector(constant: .null, type: type, count: count)
      }
      // Compared by numbers that order all rows of all arguments.
      let keys = Vector.concatenate(arguments.map { $0.expanded() }, type: type).orderKeys()
      var choice = [UInt32](repeating: 0, count: count)
      var isValid = first.validityRows
      var best = Array(keys[..<count])
      for (index, argument) in arguments.enumerated().dropFirst() {
        try QueryScope.check()
        let own = argument.validityRows
        for row in 0..<count where own[row] != 0 {
          let key = keys[index * count + row]
          if isValid[row] == 0 || (isGreatest ? key > best[row] : key < best[row]) {
            best[row] = key
            choice[row] = UInt32(index)
            isValid[row] = 1
          }
        }
      }
      return Choice.merge(arguments.map { Choice.Part(vector: $0, rows: nil) }, choice, type)
    }
  }
}
