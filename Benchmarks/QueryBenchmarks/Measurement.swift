/// The times of a query's runs.
struct Measurement {
  var name: String
  var rowCount: Int
  /// In order of the runs.
  var milliseconds: [Double]

  private var sorted: [Double] { milliseconds.sorted() }
  var least: Double { sorted.first ?? 0 }
  var greatest: Double { sorted.last ?? 0 }
  var median: Double {
    let sorted = sorted
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  var json: String {
    let runs = milliseconds.map { "\($0)" }.joined(separator: ",")
    return
      "{\"query\":\"\(name)\",\"rows\":\(rowCount),\"median_ms\":\(median),\"runs_ms\":[\(runs)]}"
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
