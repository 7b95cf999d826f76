import ColumnStore

/// What is asked of metrics: over which range, compared with what, restricted to whom.
public struct MetricQuestion: Sendable {
  /// How distinct people are counted.
  public enum Distinct: String, CaseIterable, Sendable {
    case exact
    /// By HyperLogLog, with its stated error.
    case approximate
  }

  public var range: ReportRange
  public var comparison: PeriodComparison
  public var filters: MetricFilters
  public var distinct: Distinct

  public init(
    _ range: ReportRange, comparison: PeriodComparison = .previous,
    filters: MetricFilters = MetricFilters(), distinct: Distinct = .exact
  ) {
    self.range = range
    self.comparison = comparison
    self.filters = filters
    self.distinct = distinct
  }

  /// The window of a metric.
  public func window(of metric: MetricDefinition) -> TimeWindow {
    switch metric.window {
    case .range: range.window
    case .trailing(let days): range.trailing(days)
    case .lastHours(let hours):
      TimeWindow(
        start: min(range.now, range.window.end) - Int64(hours) * 3_600_000,
        end: min(range.now, range.window.end))
    case .lifetime: TimeWindow(start: Self.beginning, end: range.window.end)
    case .now: TimeWindow(start: Self.beginning, end: range.now)
    }
  }

  /// What a window of a metric is compared with; `nil`: nothing.
  public func compared(_ window: TimeWindow, of metric: MetricDefinition) -> TimeWindow? {
    switch metric.window {
    case .range: return range.compared(window, with: comparison, stepDays: metric.stepDays)
    case .trailing(let days):
      return range.compared(window, with: comparison, stepDays: metric.stepDays ?? days)
    case .lastHours: return range.compared(window, with: comparison)
    case .lifetime:
      // What there was when the earlier period ended.
      return range.compared(range.window, with: comparison).map {
        TimeWindow(start: Self.beginning, end: $0.end)
      }
    case .now: return nil
    }
  }

  /// Before all events: 0001-01-01.
  public static let beginning: Int64 = -62_135_596_800_000
}

extension MetricQuestion {
  /// All that it says, in one text that no other question has: what its answer is remembered by.
  var name: String {
    let (window, zone) = (range.window, range.zone.name)
    let filters = filters.applied.map { name, values in
      // Lengths keep apart what values may contain.
      name + values.map { " \($0.utf8.count):\($0)" }.joined()
    }
    return """
      \(range.preset.rawValue) \(window.start) \(window.end) \(range.now) \(zone) \(comparison.rawValue) \
      \(distinct.rawValue) \(filters.joined(separator: "; "))
      """
  }
}
