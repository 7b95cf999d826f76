import ColumnStore
import Foundation
import QueryLanguage
import QueryPlanning

/// Characters are Unicode scalars throughout.
extension FunctionCall {
  func text(_ values: [Value]) throws -> Value? {
    guard let text = values.first?.string else { return nil }
    let scalars = Array(text.unicodeScalars)
    func join(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return .text(String(view))
    }
    switch (function, values.second, values.third) {
    case (.lower, nil, nil): return .text(simplyMapped(text, \.lowercaseMapping))
    case (.upper, nil, nil): return .text(simplyMapped(text, \.uppercaseMapping))
    case (.reverse, nil, nil): return join(scalars.reversed())
    case (.concatenate, .text(let other)?, nil): return .text(text + other)
    case (.left, .integer(let count)?, nil):
      return join(count < 0 ? scalars.dropLast(Int(-count)) : scalars.prefix(Int(count)))
    case (.right, .integer(let count)?, nil):
      return join(count < 0 ? scalars.dropFirst(Int(-count)) : scalars.suffix(Int(count)))
    case (.substring, .integer(let start)?, nil):
      return join(scalars.dropFirst(max(0, Int(start) - 1)))
    case (.substring, .integer(let start)?, .integer(let count)?):
      guard count >= 0 else { throw QueryError(.invalidParameter, "") }
      let end = max(0, Int(start) - 1 + Int(count))
      return join(scalars.prefix(end).dropFirst(max(0, Int(start) - 1)))
    case (.repeat, .integer(let count)?, nil):
      return .text(String(repeating: text, count: max(0, Int(count))))
    case (.trim, let characters, _), (.trimLeft, let characters, _),
      (.trimRight, let characters, _):
      let set = Set((characters?.string ?? " ").unicodeScalars)
      var kept = scalars[...]
      if function != .trimRight { kept = kept.drop { set.contains($0) } }
      while function != .trimLeft, let last = kept.last, set.contains(last) { kept.removeLast() }
      return join(kept)
    case (.padLeft, .integer(let length)?, let filling),
      (.padRight, .integer(let length)?, let filling):
      let fill = Array((filling?.string ?? " ").unicodeScalars)
      let missing = fill.isEmpty ? 0 : max(0, Int(length) - scalars.count)
      let padding = (0..<missing).map { fill[$0 % fill.count] }[...]
      let kept = scalars.prefix(max(0, Int(length)))
      return join(function == .padLeft ? padding + kept : kept + padding)
    case (.replace, .text(let from)?, .text(let to)?):
      if from.isEmpty { return .text(text) }
      return .text(replaced(text, from, to))
    default: return nil
    }
  }

  /// Functions of text that do not give text.
  func textFacts(_ values: [Value]) throws -> Value? {
    guard let text = values.first?.string else { return nil }
    switch (function, values.second, values.third) {
    case (.characterLength, nil, nil): return .integer(Int64(text.unicodeScalars.count))
    case (.byteLength, nil, nil): return .integer(Int64(text.utf8.count))
    case (.ascii, nil, nil): return .integer(Int64(text.unicodeScalars.first?.value ?? 0))
    case (.position, .text(let part)?, nil):
      let bytes = Array(text.utf8)
      let wanted = Array(part.utf8)
      for start in 0...max(0, bytes.count) where bytes[start...].starts(with: wanted) {
        let before = String(decoding: bytes[..<start], as: UTF8.self)
        return .integer(Int64(before.unicodeScalars.count) + 1)
      }
      return .integer(0)
    case (.startsWith, .text(let part)?, nil): return .boolean(text.utf8.starts(with: part.utf8))
    case (.like, .text(let pattern)?, let third),
      (.likeIgnoringCase, .text(let pattern)?, let third):
      let escape = third == nil ? "\\" : third?.string?.unicodeScalars.first
      let fold = function == .likeIgnoringCase
      func prepared(_ text: String) -> [Unicode.Scalar] {
        Array((fold ? simplyMapped(text, \.lowercaseMapping) : text).unicodeScalars)
      }
      return .boolean(matches(prepared(text)[...], prepared(pattern)[...], escape))
    case (.matchesRegex, .text(let pattern)?, nil),
      (.matchesRegexIgnoringCase, .text(let pattern)?, nil):
      var options: String.CompareOptions = .regularExpression
      if function == .matchesRegexIgnoringCase { options.insert(.caseInsensitive) }
      return .boolean(text.range(of: pattern, options: options) != nil)
    default: return nil
    }
  }

  /// One character for each, as the C library's mappings do.
  private func simplyMapped(
    _ text: String, _ mapping: KeyPath<Unicode.Scalar.Properties, String>
  ) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let mapped = scalar.properties[keyPath: mapping].unicodeScalars
      result.append(mapped.count == 1 ? mapped.first ?? scalar : scalar)
    }
    return String(result)
  }

  private func replaced(_ text: String, _ from: String, _ to: String) -> String {
    let (bytes, wanted) = (Array(text.utf8), Array(from.utf8))
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if bytes[position...].starts(with: wanted) {
        result += Array(to.utf8)
        position += wanted.count
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func matches(
    _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>,
    _ escape: Unicode.Scalar?
  ) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == escape, let literal = pattern.dropFirst().first {
      return text.first == literal && matches(text.dropFirst(), pattern.dropFirst(2), escape)
    }
    if first == "%" {
      return matches(text, pattern.dropFirst(), escape)
        || (!text.isEmpty && matches(text.dropFirst(), pattern, escape))
    }
    guard let character = text.first, first == "_" || first == character else { return false }
    return matches(text.dropFirst(), pattern.dropFirst(), escape)
  }
}

extension [Value] {
  var second: Value? { count > 1 ? self[1] : nil }
  var third: Value? { count > 2 ? self[2] : nil }
}
