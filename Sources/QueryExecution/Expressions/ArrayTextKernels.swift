import ColumnStore
import QueryLanguage
import QueryPlanning

/// Texts to arrays and back.
enum ArrayTextKernels {
  static func kernel(_ site: CallSite) -> Kernel {
    if site.function == .arrayToText { return joined }
    return ArrayKernels.each(site.type) { arguments, row in
      guard case .text(let text) = arguments[0].value(at: row) else { return .null }
      let parts = split(text, by: arguments[1].value(at: row).string)
      guard arguments.count > 2, let null = arguments[2].value(at: row).string else {
        return .array(parts.map(Value.text))
      }
      return .array(parts.map { $0.utf8.elementsEqual(null.utf8) ? .null : .text($0) })
    }
  }

  private static let joined = ArrayKernels.each(.text) { arguments, row in
    guard case .array(let elements) = arguments[0].value(at: row),
      let separator = arguments[1].value(at: row).string
    else { return .null }
    let null = arguments.count > 2 ? arguments[2].value(at: row).string : nil
    let shown = elements.compactMap { $0.isNull ? null : $0.formatted() }
    return .text(shown.joined(separator: separator))
  }

  /// No parts of an empty text; its characters where there is no separator; the text itself where
  /// the separator is empty.
  private static func split(_ text: String, by separator: String?) -> [String] {
    if text.isEmpty { return [] }
    guard let separator else { return text.unicodeScalars.map { String($0) } }
    if separator.isEmpty { return [text] }
    let bytes = Array(text.utf8)
    let pattern = Array(separator.utf8)
    var parts: [String] = []
    var start = 0
    bytes.withUnsafeBufferPointer { bytes in
      pattern.withUnsafeBufferPointer { pattern in
        while let end = firstIndex(of: pattern, in: bytes, from: start) {
          parts.append(String(decoding: bytes[start..<end], as: UTF8.self))
          start = end + pattern.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
      }
    }
    return parts
  }
}

extension Value {
  /// The text of a text value.
  fileprivate var string: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
