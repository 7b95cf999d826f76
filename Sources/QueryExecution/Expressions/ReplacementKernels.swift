import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions that put new text into or around the string; results are bounded.
enum ReplacementKernels {
  /// Bytes of all strings of one batch.
  static let batchByteLimit = 256 << 20

  static func kernel(_ site: CallSite) -> Kernel {
    let function = site.function
    let location = site.location
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        switch function {
        case .repeat: try repeated(text, arguments, rows, location)
        case .replace: try replaced(text, arguments, rows, location)
        case .translate: try translated(text, arguments, rows)
        default:
          try padded(text, arguments, rows, isLeft: function == .padLeft, location)
        }
      }
    }
  }

  private static func check(
    _ byteCount: Int, _ builder: TextBuilder, _ location: Range<Int>
  ) throws(QueryError) {
    guard byteCount <= TextBuilder.longestText,
      builder.bytes.count + byteCount <= batchByteLimit
    else { throw TextBuilder.tooLong(at: location) }
  }

  private static func repeated(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let counts = arguments[1].integerRows
    return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
      let bytes = text[row]
      guard counts[row] > 0, bytes.count > 0 else { return }
      let count = SubstringKernels.bounded(counts[row])
      try check(count * min(bytes.count, 1 << 20), builder, location)
      for _ in 0..<count { builder.write(bytes) }
    }
  }

  private static func replaced(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    try TextRows.withRows(of: arguments[1]) { (olds) throws(QueryError) in
      try TextRows.withRows(of: arguments[2]) { (news) throws(QueryError) in
        try TextKernels.build(rows) { (row, builder) throws(QueryError) in
          let bytes = text[row]
          let old = olds[row]
          let new = news[row]
          var start = 0
          if !old.isEmpty {
            while let found = firstIndex(of: old, in: bytes, from: start) {
              builder.write(UnsafeBufferPointer(rebasing: bytes[start..<found]))
              builder.write(new)
              start = found + old.count
              try check(builder.openByteCount, builder, location)
            }
          }
          builder.write(UnsafeBufferPointer(rebasing: bytes[start...]))
        }
      }
    }
  }

  /// Each character of the second argument becomes the one at its place in the third, or nothing.
  private static func translated(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows
  ) throws(QueryError) -> Vector {
    var places: [Unicode.Scalar: Int] = [:]
    var to: [Unicode.Scalar] = []
    let isConstant = arguments[1].isConstant && arguments[2].isConstant
    var isKnown = false
    return try TextKernels.build(rows) { (row, builder) throws(QueryError) in
      if !isKnown || !isConstant {
        isKnown = true
        places = [:]
        let from = arguments[1].value(at: row).textOrEmpty.unicodeScalars
        for (index, scalar) in from.enumerated() {
          if index & 0xFFF == 0xFFF { try QueryScope.check() }
          if places[scalar] == nil { places[scalar] = index }
        }
        to = Array(arguments[2].value(at: row).textOrEmpty.unicodeScalars)
      }
      let scalars = String(decoding: text[row], as: UTF8.self).unicodeScalars
      for (index, scalar) in scalars.enumerated() {
        if index & 0xFFF == 0xFFF { try QueryScope.check() }
        guard let index = places[scalar] else {
          builder.write(String(scalar))
          continue
        }
        if index < to.count { builder.write(String(to[index])) }
      }
    }
  }

  private static func padded(
    _ text: TextRows, _ arguments: [Vector], _ rows: KernelRows, isLeft: Bool,
    _ location: Range<Int>
  ) throws(QueryError) -> Vector {
    let lengths = arguments[1].integerRows
    let spaces = Vector(constant: .text(" "), type: .text, count: rows.count)
    return try TextRows.withRows(of: arguments.count > 2 ? arguments[2] : spaces) {
      (fills) throws(QueryError) in
      try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        let bytes = text[row]
        let fill = fills[row]
        let length = max(0, SubstringKernels.bounded(lengths[row]))
        let missing = length - Characters.count(bytes)
        if missing <= 0 || fill.isEmpty {
          let end = Characters.offset(bytes, character: length)
          builder.write(UnsafeBufferPointer(rebasing: bytes[..<end]))
          return
        }
        try check(missing + bytes.count, builder, location)
        if !isLeft { builder.write(bytes) }
        let fillCount = Characters.count(fill)
        try check(missing / fillCount * fill.count, builder, location)
        for _ in 0..<missing / fillCount { builder.write(fill) }
        let end = Characters.offset(fill, character: missing % fillCount)
        builder.write(UnsafeBufferPointer(rebasing: fill[..<end]))
        if isLeft { builder.write(bytes) }
      }
    }
  }
}
