public import AccessControl

/// What a rule's number is at a moment.
public struct AlertReading: Sendable, Equatable {
  public var rule: String
  /// `nil`: about the service, or all organisations together.
  public var organization: OrganizationID?
  public var value: Double

  public init(_ rule: String, of organization: OrganizationID? = nil, _ value: Double) {
    self.rule = rule
    self.organization = organization
    self.value = value
  }
}

/// One time that a rule fired, from then until it was resolved.
public struct Alert: Sendable, Equatable, Identifiable {
  public enum State: String, CaseIterable, Sendable {
    // Stored on disk: never rename.
    case firing
    case resolved
  }

  public var rule: String
  public var organization: OrganizationID?
  public var severity: AlertRule.Severity
  public var unit: AlertRule.Unit
  public var state: State
  public var since: UnixTime
  public var resolved: UnixTime?
  /// When the state last changed.
  public var value: Double
  public var threshold: Double
  public var message: String

  public init(
    rule: String, organization: OrganizationID?, severity: AlertRule.Severity,
    unit: AlertRule.Unit, state: State, since: UnixTime, resolved: UnixTime? = nil, value: Double,
    threshold: Double, message: String
  ) {
    self.rule = rule
    self.organization = organization
    self.severity = severity
    self.unit = unit
    self.state = state
    self.since = since
    self.resolved = resolved
    self.value = value
    self.threshold = threshold
    self.message = message
  }

  public var id: String {
    rule + ":\(since.milliseconds)" + (organization.map { ":\($0.text)" } ?? "")
  }
}
