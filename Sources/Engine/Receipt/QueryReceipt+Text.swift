import ColumnStore
import QueryPlanning
import ResultFormats
import Sketches

extension QueryReceipt {
  /// A few lines for people, each with a line feed.
  public var text: String {
    var lines: [(name: String, value: String)] = []
    lines.append(("query", name.map { "\(number), \($0)" } ?? "\(number)"))
    lines.append(
      ("tables", "sequence number \(sequenceNumber)" + (snapshot.map { ", snapshot \($0)" } ?? "")))
    lines.append(
      ("fresh as of", freshAsOf.map { ISO8601.text(milliseconds: $0) + "Z" } ?? "not known"))
    lines.append(("time zone", timeZone))
    lines.append(("rows", "\(rowCount)" + (isTruncated ? ", cut at the limit" : "")))
    if let work {
      lines.append(("read", work.text))
      if work.isWholeAnswerCached {
        lines.append(("cached", "the whole answer"))
      } else if let share = work.cachedShare, share > 0 {
        lines.append(("cached", Self.decimal(share * 100, places: 1) + " % of the segments"))
      }
    }
    for column in approximateColumns {
      lines.append(
        ("approximate", "\(EscapedText.escape(column.name)): \(column.approximation.text)"))
    }
    if !approximateRows.isEmpty {
      lines.append(("approximate", "which rows there are: \(approximateRows.text)"))
    }
    if !tablesOfCurrentValues.isEmpty {
      let names = tablesOfCurrentValues.map(EscapedText.escape).joined(separator: ", ")
      lines.append(("values", "of \(names) are the current ones"))
    }
    if !redactedColumns.isEmpty {
      lines.append(("redacted", redactedColumns.map(EscapedText.escape).joined(separator: ", ")))
    }
    lines.append(("elapsed", elapsed.shortText))
    return lines.map { line in
      line.name + String(repeating: " ", count: 13 - line.name.count) + line.value + "\n"
    }.joined()
  }
}

extension QueryReceipt.Work {
  fileprivate var text: String {
    "\(rowsRead) rows; \(segmentsRead) segments read, \(segmentsSkipped) skipped, "
      + "\(segmentsCached) cached"
  }
}

extension Approximation {
  /// `HyperLogLog, standard error 0.81 %`.
  var text: String {
    sketches.map { sketch in
      switch sketch {
      case .hyperLogLog(let precision):
        let error = HyperLogLog.relativeStandardError(precision: precision) * 100
        return "HyperLogLog, standard error \(QueryReceipt.decimal(error, places: 2)) %"
      case .digest:
        let error = TDigest.statedRankError * 100
        return "t-digest, rank off by at most \(QueryReceipt.decimal(error, places: 2)) %"
      }
    }.joined(separator: "; ")
  }
}
