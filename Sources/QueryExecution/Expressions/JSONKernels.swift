import ColumnStore
import QueryLanguage
import QueryPlanning

/// Functions of documents, which are text: once per distinct document where the rest is constant.
enum JSONKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    switch site.function {
    case .jsonMember, .jsonPath: members(site, asText: false)
    case .jsonMemberText, .jsonPathText: members(site, asText: true)
    case .jsonType: types
    case .jsonLength: lengths(site.location)
    default: parts(site)
    }
  }

  /// The path is known beforehand mostly, else it is another one in each row.
  private static func members(_ site: CallSite, asText: Bool) -> Kernel {
    let type = site.type
    let constants = site.constants.dropFirst().compactMap { $0 }
    let known =
      constants.count == site.constants.count - 1 ? constants.flatMap(steps) : nil
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        var builder = TextBuilder(entries: rows.count, bytes: rows.count * 8)
        var validity = [UInt8](repeating: 1, count: rows.count)
        var work = WorkCounter()
        for row in 0..<rows.count {
          if rows.isValid(row) { try work.add(text[row].count + 16) }
          let path = known ?? arguments.dropFirst().flatMap { steps($0.value(at: row)) }
          let isFound =
            rows.isValid(row) && write(text[row], at: path, asText: asText, to: &builder)
          validity[row] = isFound ? 1 : 0
          builder.finish()
        }
        return builder.vector(type: type, validity: validity)
      }
    }
  }

  /// A whole number in a path is a key of objects and a place in arrays.
  private static func steps(_ value: Value) -> [JSONCursor.Step] {
    switch value {
    case .text(let text): [JSONCursor.Step(key: Array(text.utf8), place: Int64(text))]
    case .integer(let place): [JSONCursor.Step(key: nil, place: place)]
    case .array(let values): values.flatMap(steps)
    default: [JSONCursor.Step()]
    }
  }

  /// False where there is nothing.
  private static func write(
    _ document: UnsafeBufferPointer<UInt8>, at path: [JSONCursor.Step], asText: Bool,
    to builder: inout TextBuilder
  ) -> Bool {
    guard let range = JSONCursor.find(path, in: document) else { return false }
    return write(document, range, asText: asText, to: &builder)
  }

  private static func write(
    _ document: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, asText: Bool,
    to builder: inout TextBuilder
  ) -> Bool {
    let value = UnsafeBufferPointer(rebasing: document[range])
    guard asText else {
      builder.write(value)
      return true
    }
    switch value.first {
    case UInt8(ascii: "n"): return false
    case UInt8(ascii: "\"") where value.count >= 2:
      builder.writeUnescaped(UnsafeBufferPointer(rebasing: value[1..<value.count - 1]))
    default: builder.write(value)
    }
    return true
  }

  private static func name(_ first: UInt8) -> StaticString {
    switch first {
    case UInt8(ascii: "{"): "object"
    case UInt8(ascii: "["): "array"
    case UInt8(ascii: "\""): "string"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): "boolean"
    case UInt8(ascii: "n"): "null"
    default: "number"
    }
  }

  private static let types = Kernels.perEntry { (arguments, rows) throws(QueryError) in
    try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
      try TextKernels.build(rows) { (row, builder) throws(QueryError) in
        let name = name(JSONCursor(text[row]).first)
        builder.write(
          UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      }
    }
  }

  private static func lengths(_ location: Range<Int>) -> Kernel {
    Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        var lengths = [Int64](repeating: 0, count: rows.count)
        var work = WorkCounter()
        for row in 0..<rows.count where rows.isValid(row) {
          try work.add(text[row].count + 1)
          var cursor = JSONCursor(text[row])
          guard cursor.first == UInt8(ascii: "[") else {
            throw QueryError(
              .invalidParameter,
              "cannot get array length of a JSON \(name(cursor.first))", at: location,
              hint: "look at those that are arrays: json_typeof(x) = 'array'")
          }
          var count: Int64 = 0
          cursor.forEachElement { _ in
            count += 1
            return true
          }
          lengths[row] = count
        }
        return Vector(type: .integer, count: rows.count, storage: .integers(lengths))
      }
    }
  }

  /// Elements of arrays or keys of objects, as an array of ours.
  private static func parts(_ site: CallSite) -> Kernel {
    let isKeys = site.function == .jsonKeys
    let asText = site.function == .jsonElementTexts
    let location = site.location
    return Kernels.perEntry { (arguments, rows) throws(QueryError) in
      try TextRows.withRows(of: arguments[0]) { (text) throws(QueryError) in
        var values = [Value](repeating: .null, count: rows.count)
        var memory = ArrayMemory()
        try memory.reserve(rows.count)
        for row in 0..<rows.count where rows.isValid(row) {
          let document = text[row]
          // There are no more parts than commas allow, nor more text.
          var partCount = 1
          for byte in document where byte == UInt8(ascii: ",") { partCount += 1 }
          try memory.reserve(partCount, byteCount: document.count)
          var cursor = JSONCursor(document)
          guard cursor.first == UInt8(ascii: isKeys ? "{" : "[") else {
            throw QueryError(
              .invalidParameter,
              "cannot take the \(isKeys ? "keys" : "elements") of a JSON \(name(cursor.first))",
              at: location, hint: "look at json_typeof(x) first")
          }
          var parts: [Value] = []
          if isKeys {
            cursor.forEachMember { key, _ in
              var builder = TextBuilder()
              builder.writeUnescaped(UnsafeBufferPointer(rebasing: document[key]))
              parts.append(.text(String(decoding: builder.bytes, as: UTF8.self)))
            }
          } else {
            cursor.forEachElement { range in
              var builder = TextBuilder()
              let isValue = write(document, range, asText: asText, to: &builder)
              let string = String(decoding: builder.bytes, as: UTF8.self)
              parts.append(!isValue ? .null : asText ? .text(string) : .json(string))
              return true
            }
          }
          values[row] = .array(parts)
        }
        return Vector(values: values, type: site.type)
      }
    }
  }
}
