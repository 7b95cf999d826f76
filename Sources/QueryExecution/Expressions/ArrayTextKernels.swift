import ColumnStore
import QueryLanguage
import QueryPlanning

/// Texts to arrays and back.
enum ArrayTextKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    if site.function == .arrayToText { return joined }
    return ArrayKernels.each(site.type) { (arguments, row, memory) throws(QueryError) in
      guard case .text(var text) = arguments[0].value(at: row) else { return .null }
      let separator = arguments[1].value(at: row).string.map { Array($0.utf8) }
      let null = arguments.count > 2 ? arguments[2].value(at: row).string : nil
      var parts = Parts(null: null.map { Array($0.utf8) })
      try parts.split(&text, by: separator, &memory)
      return .array(parts.values)
    }
  }

  private static let joined: Kernel = { (arguments, count) throws(QueryError) in
    var validity = [UInt8](repeating: 1, count: count)
    var result = try TextKernels.build(KernelRows(count: count)) {
      (row, builder) throws(QueryError) in
      guard case .array(let elements) = arguments[0].value(at: row),
        let separator = arguments[1].value(at: row).string
      else {
        validity[row] = 0
        return
      }
      let null = arguments.count > 2 ? arguments[2].value(at: row).string : nil
      var isFirst = true
      for (index, element) in elements.enumerated() {
        if index & 0xFF == 0xFF { try QueryScope.check() }
        guard let text = element.isNull ? null : element.formatted() else { continue }
        if !isFirst { builder.write(separator) }
        builder.write(text)
        isFirst = false
        try builder.requireBoundedText()
      }
    }
    result.validity = Validity.compacted(validity)
    return result
  }
}

/// The parts of a text.
private struct Parts {
  let null: [UInt8]?
  private(set) var values: [Value] = []

  init(null: [UInt8]?) { self.null = null }

  /// No parts of an empty text; its characters where there is no separator; the text itself where
  /// the separator is empty.
  mutating func split(
    _ text: inout String, by separator: [UInt8]?, _ memory: inout ArrayMemory
  ) throws(QueryError) {
    var failure: QueryError?
    text.withUTF8 { text in
      do throws(QueryError) { try split(text, by: separator, &memory) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private mutating func split(
    _ text: UnsafeBufferPointer<UInt8>, by separator: [UInt8]?, _ memory: inout ArrayMemory
  ) throws(QueryError) {
    if text.isEmpty { return }
    var start = 0
    guard let separator else {
      while start < text.count {
        let end = start + Characters.length(text, at: start)
        try append(text, start..<end, &memory)
        start = end
      }
      return
    }
    if separator.isEmpty { return try append(text, 0..<text.count, &memory) }
    while let end = separator.withUnsafeBufferPointer({ firstIndex(of: $0, in: text, from: start) })
    {
      try append(text, start..<end, &memory)
      start = end + separator.count
    }
    try append(text, start..<text.count, &memory)
  }

  private mutating func append(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ memory: inout ArrayMemory
  ) throws(QueryError) {
    // An array that grows has up to twice as many places.
    try memory.reserve(2, byteCount: range.count > 15 ? range.count + 32 : 0)
    let part = UnsafeBufferPointer(rebasing: text[range])
    let isNull = null.map { $0.withUnsafeBufferPointer { equalBytes($0, part) } } ?? false
    values.append(isNull ? .null : .text(String(decoding: part, as: UTF8.self)))
  }
}

extension Value {
  /// The text of a text value.
  fileprivate var string: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
