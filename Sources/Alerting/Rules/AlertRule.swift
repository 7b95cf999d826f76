/// A rule as data: from where on something is wrong, and from where on it is well again.
///
/// The two bounds lie apart, and both must hold for a while, so that a number that wavers around one of them
/// does not call somebody every minute.
public struct AlertRule: Sendable, Equatable, Identifiable {
  public enum Severity: String, CaseIterable, Sendable {
    // Stored on disk: never rename.
    case warning
    case critical
  }

  public enum Unit: String, CaseIterable, Sendable {
    case seconds
    case milliseconds
    /// 0 to 1.
    case ratio
    /// How many mean deviations a cost is away: see `CostAnomaly`.
    case score
    /// How many there are.
    case count
  }

  /// Whom it is about. What is about the service is for those who run it.
  public enum Subject: String, Sendable {
    case service
    case organization
    /// An organisation by itself, and all together.
    case both
  }

  /// Stable: `ingest_lag`.
  public let id: String
  public let subject: Subject
  public let severity: Severity
  public let unit: Unit
  /// It fires when a reading is this or more for `holdsFor`.
  public var firesFrom: Double
  /// It is resolved when readings are below this for `clearsAfter`.
  public var resolvesBelow: Double
  public let holdsFor: Duration
  public let clearsAfter: Duration
  /// What is read, in words.
  public let about: String
  /// With `{value}` and `{threshold}`. It names nobody.
  public let text: String

  init(
    _ id: String, _ subject: Subject, _ severity: Severity, _ unit: Unit, from firesFrom: Double,
    until resolvesBelow: Double, holdsFor: Duration = .zero, clearsAfter: Duration = .seconds(60),
    _ about: String, _ text: String
  ) {
    precondition(resolvesBelow <= firesFrom, "\(id) would fire and be resolved at once")
    self.id = id
    self.subject = subject
    self.severity = severity
    self.unit = unit
    self.firesFrom = firesFrom
    self.resolvesBelow = resolvesBelow
    self.holdsFor = holdsFor
    self.clearsAfter = clearsAfter
    self.about = about
    self.text = text
  }

  func message(_ value: Double) -> String {
    text.replacing("{value}", with: unit.text(value))
      .replacing("{threshold}", with: unit.text(firesFrom))
  }
}

extension AlertRule.Unit {
  /// `150 s`, `12.5 %`.
  public func text(_ value: Double) -> String {
    func tenths(_ value: Double) -> String {
      guard let number = Int64(exactly: (value * 10).rounded()) else { return "\(value)" }
      let fraction = number.magnitude % 10
      return (number < 0 ? "-" : "") + "\(number.magnitude / 10)"
        + (fraction == 0 ? "" : ".\(fraction)")
    }
    return switch self {
    case .seconds: tenths(value) + " s"
    case .milliseconds: tenths(value) + " ms"
    case .ratio: tenths(value * 100) + "%"
    case .score, .count: tenths(value)
    }
  }
}

/// Where rules fire, as far as it can be configured.
public struct AlertThresholds: Sendable, Equatable {
  /// Shares, 0 to 1.
  public var errorRate = 0.1
  public var ingestFailures = 0.05
  public var generationMilliseconds = 60_000.0
  public var responseMilliseconds = 2_000.0

  public init() {}
}
