import ColumnStore
package import QueryPlanning
import ResultFormats
import Sketches

extension QueryReceipt {
  /// One line of ASCII, so that it can stand in a header as well. `Documentation/http-api.md` tells
  /// what the members mean.
  public var json: String {
    var object = JSONObjectText()
    object.add("query_id", name ?? number.description)
    object.add("query_number", Int(clamping: number.number))
    object.add("sequence_number", Int(clamping: sequenceNumber))
    object.add("as_of", snapshot)
    object.add("time_zone", timeZone)
    object.add("data_fresh_as_of", freshAsOf.map { ISO8601.text(milliseconds: $0) + "Z" })
    object.add("rows", rowCount)
    object.add("truncated", isTruncated)
    object.add("rows_read", work?.rowsRead)
    object.add("segments_read", work?.segmentsRead)
    object.add("segments_skipped", work?.segmentsSkipped)
    object.add("segments_cached", work?.segmentsCached)
    object.add(
      literal: "cached_share",
      work?.cachedShare.map { Self.decimal($0, places: 4) } ?? "null")
    object.add(
      literal: "whole_answer_cached",
      work.map { $0.isWholeAnswerCached ? "true" : "false" } ?? "null")
    let columns = approximateColumns.map { column in
      var object = JSONObjectText()
      object.add("column", column.name)
      object.add(literal: "errors", column.approximation.json)
      return object.text
    }
    object.add(literal: "approximate", "[" + columns.joined(separator: ",") + "]")
    object.add(literal: "approximate_rows", approximateRows.json)
    object.add("current_values", tablesOfCurrentValues)
    object.add("redacted", redactedColumns)
    object.add(literal: "elapsed_ms", Self.decimal(elapsed / .milliseconds(1), places: 3))
    return object.text
  }

  static func decimal(_ value: Double, places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return Value.double((value * scale).rounded() / scale).formatted(timeZone: .utc)
  }
}

extension Approximation {
  /// What is stated of one kind of sketch: which, how large it is, and its error.
  package struct StatedError: Sendable, Equatable {
    package var method: String
    /// `precision` or `compression`.
    package var sizeName: String
    package var size: Int
    /// `relative_standard_error` or `rank_error`.
    package var errorName: String
    /// Rounded to six places.
    package var error: Double
  }

  package var statedErrors: [StatedError] {
    sketches.map { sketch in
      switch sketch {
      case .hyperLogLog(let precision):
        StatedError(
          method: "hyperloglog", sizeName: "precision", size: precision,
          errorName: "relative_standard_error",
          error: Self.rounded(HyperLogLog.relativeStandardError(precision: precision)))
      case .digest:
        StatedError(
          method: "t-digest", sizeName: "compression", size: TDigest.defaultCompression,
          errorName: "rank_error", error: Self.rounded(TDigest.statedRankError))
      }
    }
  }

  private static func rounded(_ error: Double) -> Double {
    (error * 1_000_000).rounded() / 1_000_000
  }

  /// An array with an object per kind of sketch.
  var json: String {
    let errors = statedErrors.map { stated in
      var object = JSONObjectText()
      object.add("method", stated.method)
      object.add(stated.sizeName, stated.size)
      object.add(literal: stated.errorName, QueryReceipt.decimal(stated.error, places: 6))
      return object.text
    }
    return "[" + errors.joined(separator: ",") + "]"
  }
}

/// Members one after the other, in ASCII: what is not is escaped.
struct JSONObjectText {
  private var members = ""

  var text: String { "{" + members + "}" }

  mutating func add(literal name: String, _ value: String) {
    if !members.isEmpty { members += "," }
    members += Self.quoted(name) + ":" + value
  }

  mutating func add(_ name: String, _ value: String?) {
    add(literal: name, value.map(Self.quoted) ?? "null")
  }

  mutating func add(_ name: String, _ value: Int?) {
    add(literal: name, value.map { String($0) } ?? "null")
  }

  mutating func add(_ name: String, _ texts: [String]) {
    add(literal: name, "[" + texts.map(Self.quoted).joined(separator: ",") + "]")
  }

  mutating func add(_ name: String, _ value: Bool) { add(literal: name, value ? "true" : "false") }

  static func quoted(_ text: String) -> String {
    // Nearly all of them are names.
    let isPlain = text.utf8.allSatisfy {
      (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    guard !isPlain else { return "\"" + text + "\"" }
    var quoted = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: quoted += "\\\""
      case 0x5C: quoted += "\\\\"
      case 0x20..<0x7F:
        quoted.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: unit)))
      default:
        let digits = String(unit, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
