internal import Synchronization

/// Counters, gauges and histograms, and their text in the format of Prometheus (0.0.4).
package final class MetricRegistry: Sendable {
  private let families = Mutex<[MetricFamily]>([])

  package init() {}

  /// Only grows. Its name ends with `_total`.
  package func counter(_ name: String, _ about: String, labels: [String] = []) -> MetricFamily {
    add(MetricFamily(name, about, .counter, labels))
  }

  package func histogram(
    _ name: String, _ about: String, labels: [String] = [], bounds: [Double]
  ) -> MetricFamily { add(MetricFamily(name, about, .histogram(bounds), labels)) }

  /// Read when it is asked for: a value for each combination of labels.
  package func gauge(
    _ name: String, _ about: String, labels: [String] = [], isCounter: Bool = false,
    read: @escaping @Sendable () -> [(labels: [String], value: Double)]
  ) {
    _ = add(MetricFamily(name, about, isCounter ? .readCounter(read) : .gauge(read), labels))
  }

  private func add(_ family: MetricFamily) -> MetricFamily {
    families.withLock { families in
      precondition(!families.contains { $0.name == family.name }, "two metrics of one name")
      families.append(family)
    }
    return family
  }

  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package var text: String {
    var text = ""
    for family in families.withLock({ $0 }) { family.append(to: &text) }
    return text
  }
}

/// All series of one name.
package final class MetricFamily: Sendable {
  typealias Reading = @Sendable () -> [(labels: [String], value: Double)]

  enum Kind: Sendable {
    case counter
    case readCounter(Reading)
    case gauge(Reading)
    /// Upper bounds of the buckets, ascending, without infinity.
    case histogram([Double])

    var name: String {
      switch self {
      case .counter, .readCounter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  private struct Series {
    var value = 0.0
    /// Not cumulative; the last one is for what is above all bounds.
    var buckets: [Int] = []
  }

  /// More combinations of labels than this are not kept: labels must not come from callers.
  static let largestSeriesCount = 2048

  let name: String
  private let about: String
  private let kind: Kind
  private let labels: [String]
  private let series = Mutex<[[String]: Series]>([:])

  init(_ name: String, _ about: String, _ kind: Kind, _ labels: [String]) {
    self.name = name
    self.about = about
    self.kind = kind
    self.labels = labels
    if labels.isEmpty, case .counter = kind { series.withLock { $0[[]] = Series() } }
  }

  package func add(_ amount: Double = 1, labels values: [String] = []) {
    change(values) { $0.value += amount }
  }

  package func observe(_ value: Double, labels values: [String] = []) {
    guard case .histogram(let bounds) = kind else { return }
    change(values) { series in
      if series.buckets.isEmpty { series.buckets = Array(repeating: 0, count: bounds.count + 1) }
      series.buckets[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
      series.value += value
    }
  }

  private func change(_ values: [String], _ body: (inout Series) -> Void) {
    precondition(values.count == labels.count, "the labels of \(name) are \(labels)")
    series.withLock { series in
      guard series[values] != nil || series.count < Self.largestSeriesCount else { return }
      body(&series[values, default: Series()])
    }
  }

  func append(to text: inout String) {
    text += "# HELP \(name) \(Self.escaped(about, quotes: false))\n# TYPE \(name) \(kind.name)\n"
    switch kind {
    case .gauge(let read), .readCounter(let read):
      for (values, value) in read() { line("", values, value, &text) }
    case .counter:
      for (values, series) in sorted { line("", values, series.value, &text) }
    case .histogram(let bounds):
      for (values, series) in sorted {
        var count = 0
        for (bound, bucket) in zip(bounds.map { Self.number($0) } + ["+Inf"], series.buckets) {
          count += bucket
          line("_bucket", values, Double(count), &text, bound: bound)
        }
        line("_sum", values, series.value, &text)
        line("_count", values, Double(count), &text)
      }
    }
  }

  private var sorted: [(key: [String], value: Series)] {
    series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private func line(
    _ suffix: String, _ values: [String], _ value: Double, _ text: inout String,
    bound: String? = nil
  ) {
    var pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
    if let bound { pairs.append("le=\"\(bound)\"") }
    text += name + suffix
    if !pairs.isEmpty { text += "{\(pairs.joined(separator: ","))}" }
    text += " \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return String(whole) }
    return "\(value)"
  }

  static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
