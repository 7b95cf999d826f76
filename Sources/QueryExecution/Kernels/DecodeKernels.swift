/// Loops from encoded chunks to vectors. Each is specialised for the width of its codes by the
/// `switch` in its caller; rows are all of a chunk or the positions that a filter left.

/// values[i] = base &+ packed[row i]
@inline(__always)
func widen<Packed: FixedWidthInteger & UnsignedInteger>(
  _ packed: UnsafePointer<Packed>, base: Int64, rows: UnsafePointer<UInt32>?, count: Int,
  into values: UnsafeMutablePointer<Int64>
) {
  if let rows {
    for index in 0..<count {
      values[index] = base &+ Int64(truncatingIfNeeded: packed[Int(rows[index])])
    }
  } else {
    for index in 0..<count {
      values[index] = base &+ Int64(truncatingIfNeeded: packed[index])
    }
  }
}

/// values[i] = Double(base &+ packed[row i]) / divisor
@inline(__always)
func widenDecimal<Packed: FixedWidthInteger & UnsignedInteger>(
  _ packed: UnsafePointer<Packed>, base: Int64, divisor: Double, rows: UnsafePointer<UInt32>?,
  count: Int, into values: UnsafeMutablePointer<Double>
) {
  if let rows {
    for index in 0..<count {
      let scaled = base &+ Int64(truncatingIfNeeded: packed[Int(rows[index])])
      values[index] = Double(scaled) / divisor
    }
  } else {
    for index in 0..<count {
      let scaled = base &+ Int64(truncatingIfNeeded: packed[index])
      values[index] = Double(scaled) / divisor
    }
  }
}

/// codes[i] = packed[row i]
@inline(__always)
func widenCodes<Packed: FixedWidthInteger & UnsignedInteger>(
  _ packed: UnsafePointer<Packed>, rows: UnsafePointer<UInt32>?, count: Int,
  into codes: UnsafeMutablePointer<UInt32>
) {
  if let rows {
    for index in 0..<count { codes[index] = UInt32(truncatingIfNeeded: packed[Int(rows[index])]) }
  } else {
    for index in 0..<count { codes[index] = UInt32(truncatingIfNeeded: packed[index]) }
  }
}

/// codes[i] = meaning[packed[row i]]
@inline(__always)
func translateCodes<Packed: FixedWidthInteger & UnsignedInteger>(
  _ packed: UnsafePointer<Packed>, meaning: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>?,
  count: Int, into codes: UnsafeMutablePointer<UInt32>
) {
  if let rows {
    for index in 0..<count { codes[index] = meaning[Int(packed[Int(rows[index])])] }
  } else {
    for index in 0..<count { codes[index] = meaning[Int(packed[index])] }
  }
}

/// bytes[i] = bit of row i
func spread(
  _ words: UnsafePointer<UInt64>, rows: UnsafePointer<UInt32>, count: Int,
  into bytes: UnsafeMutablePointer<UInt8>
) {
  for index in 0..<count {
    let row = Int(rows[index])
    bytes[index] = UInt8(truncatingIfNeeded: (words[row &>> 6] &>> UInt64(row & 63)) & 1)
  }
}

let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
