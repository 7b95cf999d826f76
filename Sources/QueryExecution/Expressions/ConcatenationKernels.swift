import ColumnStore
import QueryLanguage
import QueryPlanning

/// `||`, concat and concat_ws.
enum ConcatenationKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    let location = site.location
    switch site.function {
    case .concatenate:
      return Kernels.perEntry { (arguments, rows) throws(QueryError) in
        try join(arguments[...], rows.count, separator: nil, rows.validity, location)
      }
    case .concatenateAll:
      return { (arguments, count) throws(QueryError) in
        try join(arguments[...], count, separator: nil, nil, location)
      }
    default:
      return { (arguments, count) throws(QueryError) in
        guard let separator = arguments.first, !separator.isNullConstant else {
          return Vector(constant: .null, type: .text, count: count)
        }
        return try join(
          arguments[1...], count, separator: separator, separator.validity, location)
      }
    }
  }

  /// Strings of one argument after the other, nulls left out, into buffers per row.
  private static func join(
    _ arguments: ArraySlice<Vector>, _ count: Int, separator: Vector?, _ validity: [UInt8]?,
    _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let arguments = arguments.filter { !$0.isNullConstant }
    // Two strings and no separator are by far the most frequent.
    if arguments.count == 2, separator == nil {
      let left = arguments[0]
      let right = arguments[1]
      let rows = KernelRows(count: count)
      return try TextRows.withRows(of: left) { (leftText) throws(QueryError) in
        try TextRows.withRows(of: right) { (rightText) throws(QueryError) in
          var result = try TextKernels.build(rows) { (row, builder) throws(QueryError) in
            if left.validity?[row] != 0 { builder.write(leftText[row]) }
            if right.validity?[row] != 0 { builder.write(rightText[row]) }
          }
          result.validity = validity
          return result
        }
      }
    }
    var result = try TextKernels.build(KernelRows(count: count)) {
      (row, builder) throws(QueryError) in
      var isFirst = true
      for argument in arguments where argument.validity?[row] != 0 {
        if !isFirst, let separator { write(separator, row, &builder) }
        write(argument, row, &builder)
        isFirst = false
        try builder.requireBoundedText(at: location)
      }
    }
    result.validity = validity
    return result
  }

  private static func write(_ vector: Vector, _ row: Int, _ builder: inout TextBuilder) {
    switch vector.storage {
    case .constant(let value): builder.write(value.textOrEmpty)
    case .text(let codes, .pool(let pool)) where vector.validity?[row] != 0:
      pool.withBytes(Int(codes[row])) { builder.write($0) }
    case .text(let codes, .dictionary(let view)) where vector.validity?[row] != 0:
      builder.write(view.bytes(codes[row]))
    case .text, .booleans, .integers, .doubles, .objects: break
    }
  }
}
