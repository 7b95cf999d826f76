extension ChunkEncoder {
  package static func doubles(
    _ values: UnsafePointer<Double>, count: Int, validity: Bitmap?, nullCount: Int
  ) -> Chunk {
    guard nullCount < count else { return nulls(count, type: .double) }
    let clean = withoutNulls(values, count: count, validity: validity)
    let rows = clean?.base ?? UnsafeMutablePointer(mutating: values)
    let zone = zone(rows, count: count, nullCount: nullCount)
    var encoding: Encoding?
    if nullCount == 0, isConstant(rows, count) { encoding = .constant(.double(rows[0])) }
    if encoding == nil, !zone.isUnbounded { encoding = decimal(rows, count: count) }
    return bitPacked(
      Chunk(
        type: .double, rowCount: count,
        encoding: encoding
          ?? .doubles(clean ?? Buffer(UnsafeBufferPointer(start: values, count: count))),
        validity: validity, zone: zone))
  }

  /// The rows with the first value that is not null wherever there is a null.
  private static func withoutNulls(
    _ values: UnsafePointer<Double>, count: Int, validity: Bitmap?
  ) -> Buffer<Double>? {
    guard let validity, let first = (0..<count).first(where: { validity[$0] }) else { return nil }
    let clean = Buffer<Double>(capacity: count)
    for row in 0..<count { clean.base[row] = validity[row] ? values[row] : values[first] }
    return clean
  }

  private static func isConstant(_ values: UnsafePointer<Double>, _ count: Int) -> Bool {
    let first = values[0].bitPattern
    for row in 0..<count where values[row].bitPattern != first { return false }
    return true
  }

  private static func zone(
    _ values: UnsafePointer<Double>, count: Int, nullCount: Int
  ) -> ZoneMap {
    var least = Double.infinity
    var greatest = -Double.infinity
    var hasNaN = false
    for row in 0..<count {
      let value = values[row]
      hasNaN = hasNaN || value.isNaN
      least = value < least ? value : least
      greatest = value > greatest ? value : greatest
    }
    return ZoneMap(
      bounds: hasNaN ? nil : .doubles(least...greatest), isUnbounded: hasNaN, nullCount: nullCount)
  }

  static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
  /// Integers up to here are doubles too, so that nothing is lost on the way back.
  static let largestExactInteger = 9_007_199_254_740_992.0

  /// The smallest exponent that gives back each double bit for bit, if it takes 4 bytes or less.
  private static func decimal(_ values: UnsafePointer<Double>, count: Int) -> Encoding? {
    let scaled = Buffer<Int64>(capacity: count)
    // A few rows from all over the chunk tell most exponents off.
    let stride = max(1, count / 64)
    var exponent = 0
    var row = 0
    while row < count {
      if scale(values[row], exponent) == nil { exponent += 1 } else { row += stride }
      if exponent == powersOfTen.count { return nil }
    }
    while !scale(values, count: count, exponent: exponent, into: scaled.base) {
      exponent += 1
      if exponent == powersOfTen.count { return nil }
    }
    let range = bounds(scaled.base, count: count, validity: nil)
    let deltas = packDeltas(scaled.base, count: count, range: range, validity: nil)
    guard deltas.width < 8 else { return nil }
    return .decimal(exponent: exponent, base: range.lowerBound, deltas)
  }

  private static func scale(_ value: Double, _ exponent: Int) -> Int64? {
    var scaled: Int64 = 0
    var value = value
    return scale(&value, count: 1, exponent: exponent, into: &scaled) ? scaled : nil
  }

  /// False when a value does not come back bit for bit: -0.0, too large, more digits.
  private static func scale(
    _ values: UnsafePointer<Double>, count: Int, exponent: Int,
    into scaled: UnsafeMutablePointer<Int64>
  ) -> Bool {
    let power = powersOfTen[exponent]
    for row in 0..<count {
      let product = (values[row] * power).rounded(.toNearestOrEven)
      guard abs(product) < largestExactInteger else { return false }
      let integer = Int64(product)
      guard (Double(integer) / power).bitPattern == values[row].bitPattern else { return false }
      scaled[row] = integer
    }
    return true
  }
}
