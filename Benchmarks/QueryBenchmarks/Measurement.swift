/// The times of a query's runs.
struct Measurement {
  var name: String
  var rowCount: Int
  /// Without what earlier queries have left, in order of the runs.
  var milliseconds: [Double] = []
  /// Asked again, with the partial-result cache.
  var again: [Double] = []
  /// Over a window of days that moved by one since it was asked, and over the same window cold.
  var moved: [Double] = []
  var coldWindow: [Double] = []

  init(name: String, rowCount: Int) {
    self.name = name
    self.rowCount = rowCount
  }

  private var sorted: [Double] { milliseconds.sorted() }
  var least: Double { sorted.first ?? 0 }
  var greatest: Double { sorted.last ?? 0 }
  var median: Double {
    let sorted = sorted
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// How many times faster it is when asked again, and with a moved window; of the least times, which
  /// other work on the machine disturbs least.
  var againRatio: Double? { again.min().map { least / $0 } }
  var movedRatio: Double? {
    guard let cold = coldWindow.min(), let moved = moved.min() else { return nil }
    return cold / moved
  }

  static let heading =
    "query                 rows    median ms       min       max     again         moved"

  var line: String {
    func text(_ time: Double?, _ ratio: Double?) -> String {
      guard let time, let ratio else { return "" }
      return "\(time.shortText) (\(ratio.shortText)x)"
    }
    return [
      name.padded(to: 18), "\(rowCount)".padded(to: 7, isNumber: true),
      median.shortText.padded(to: 12, isNumber: true),
      least.shortText.padded(to: 9, isNumber: true),
      greatest.shortText.padded(to: 9, isNumber: true),
      text(again.min(), againRatio).padded(to: 15, isNumber: true),
      text(moved.min(), movedRatio).padded(to: 15, isNumber: true),
    ].joined(separator: " ")
  }

  var json: String {
    func list(_ times: [Double]) -> String { times.map { "\($0)" }.joined(separator: ",") }
    return
      "{\"query\":\"\(name)\",\"rows\":\(rowCount),\"median_ms\":\(median),"
      + "\"runs_ms\":[\(list(milliseconds))],\"again_ms\":[\(list(again))],"
      + "\"moved_ms\":[\(list(moved))]}"
  }
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
  }
}

extension Double {
  /// With three significant digits where there are that many: `0.123`, `12.3`, `1234`.
  var shortText: String {
    let places: Double = self < 1 ? 1_000 : self < 10 ? 100 : self < 100 ? 10 : 1
    let rounded = (self * places).rounded() / places
    return places == 1 ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension String {
  func padded(to width: Int, isNumber: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - count))
    return isNumber ? padding + self : self + padding
  }
}
