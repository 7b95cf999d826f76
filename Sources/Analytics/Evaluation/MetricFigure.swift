/// A metric's value over one window, with what it was made of.
public struct MetricValue: Sendable, Equatable {
  public var window: TimeWindow
  /// `nil`: no data, or nothing to divide by.
  public var value: Double?
  public var numerator: Double?
  public var denominator: Double?
}

/// A metric now and over the period that it is compared with.
public struct MetricFigure: Sendable, Equatable {
  public let metric: MetricDefinition
  public var current: MetricValue
  /// `nil`: nothing was compared with, or data do not reach back to cover it.
  public var previous: MetricValue?
  /// Whether its window is not over yet.
  public var isRunning = false
  /// Why there is no value, where tables, columns or filters are the reason.
  public var unavailable: String?

  public var value: Double? { current.value }

  public var delta: MetricDelta { MetricDelta(current.value, previous?.value) }
}

/// How a value has changed.
public struct MetricDelta: Sendable, Equatable {
  /// `nil` where either value is missing.
  public let absolute: Double?
  /// In per cent of the earlier value; `nil` also where that is 0.
  public let percent: Double?

  public init(_ value: Double?, _ previous: Double?) {
    guard let value, let previous else {
      absolute = nil
      percent = nil
      return
    }
    absolute = value - previous
    percent = previous == 0 ? nil : (value - previous) / previous.magnitude * 100
  }
}
