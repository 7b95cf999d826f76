/// All that a sample has of one day.
public struct SampleDay: Sendable {
  /// Counts from 0.
  public let day: Int
  /// In order of time.
  public let events: [SampleEvent]
  /// By number.
  public let sessions: [SampleSession]
  public let feedback: [SampleFeedback]
  public let threats: [SampleThreat]
}

/// A session and the totals of its events. Times are milliseconds of its day, UTC.
public struct SampleSession: Equatable, Sendable {
  public var session: Int32
  public var user: Int32
  public var organization: Int32
  /// Position in `SampleClient.all`.
  public var client: UInt8
  public var login: Int32
  public var lastActivity: Int32
  /// Whether it ended with a logout; the others were only left.
  public var hasLogout = false
  /// Time in gaps shorter than 300 seconds, in milliseconds.
  public var activeMilliseconds: Int32 = 0
  public var apiCalls: Int32 = 0
  public var pageViews: Int32 = 0
  /// To models.
  public var requests: Int32 = 0
  public var tokens: Int64 = 0
  public var costMicrodollars: Int64 = 0

  public static let activeGapMilliseconds: Int32 = 300_000

  init(_ first: SampleEvent) {
    session = first.session
    user = first.user
    organization = first.organization
    client = first.client
    login = first.millisecondOfDay
    lastActivity = first.millisecondOfDay
  }

  mutating func add(_ event: SampleEvent) {
    let gap = event.millisecondOfDay - lastActivity
    if gap < Self.activeGapMilliseconds { activeMilliseconds += gap }
    lastActivity = event.millisecondOfDay
    tokens += event.tokens.map { Int64($0.total) } ?? 0
    costMicrodollars += event.costMicrodollars ?? 0
    switch event.type {
    case .login:
      // It begins with the login that succeeds: what was before is the way there.
      if event.status == .succeeded {
        login = event.millisecondOfDay
        activeMilliseconds = 0
      }
    case .logout: hasLogout = true
    case .pageView: pageViews += 1
    case .apiCall:
      apiCalls += 1
      if event.model != nil { requests += 1 }
    case .chat, .ragQuery, .imageGenerateRequested, .videoGenerateRequested: requests += 1
    default: break
    }
  }
}

/// Stars for an answer.
public struct SampleFeedback: Equatable, Sendable {
  public var millisecondOfDay: Int32
  public var user: Int32
  public var organization: Int32
  public var request: Int32
  public var model: SampleModel?
  /// 1 to 5.
  public var stars: UInt8
  public var comment: String?
}

/// What looked like an attack.
public struct SampleThreat: Equatable, Sendable {
  public var type: SampleThreatType
  public var severity: SampleSeverity
  public var millisecondOfDay: Int32
  /// Nobody: it came without a session.
  public var user: Int32?
  public var organization: Int32
  public var request: Int32?
  /// Position in `SampleGenerator.countries`.
  public var country: UInt8
  /// Position in `SampleGenerator.addresses`.
  public var address: UInt16
  /// When it was dealt with, in milliseconds after it was seen.
  public var resolvedAfter: Int64?
}

public enum SampleSeverity: UInt8, CaseIterable, Sendable {
  case low, medium, high, critical

  public var name: String {
    switch self {
    case .low: "low"
    case .medium: "medium"
    case .high: "high"
    case .critical: "critical"
    }
  }
}

/// In the order of `Choice.threat`.
public enum SampleThreatType: UInt8, CaseIterable, Sendable {
  case rateLimitViolation
  case invalidAuthentication
  case malformedRequest
  case promptInjection
  case suspiciousContent
  case custom

  public var name: String {
    switch self {
    case .rateLimitViolation: "rate_limit_violation"
    case .invalidAuthentication: "invalid_authentication"
    case .malformedRequest: "malformed_request"
    case .promptInjection: "prompt_injection"
    case .suspiciousContent: "suspicious_content"
    case .custom: "custom"
    }
  }

  public var meaning: String {
    switch self {
    case .rateLimitViolation: "more requests a minute than the plan allows"
    case .invalidAuthentication: "a token that was signed by nobody we know"
    case .malformedRequest: "a body that is no JSON, several times in a row"
    case .promptInjection: "a document that tells the model to ignore its instructions"
    case .suspiciousContent: "a prompt that the content rules do not allow"
    case .custom: "an export at an unusual hour"
    }
  }

  /// Weights of the severities, in 100.
  var severities: [Int] {
    switch self {
    case .rateLimitViolation: [70, 25, 5, 0]
    case .invalidAuthentication: [35, 40, 20, 5]
    case .malformedRequest: [75, 20, 5, 0]
    case .promptInjection: [5, 30, 45, 20]
    case .suspiciousContent: [20, 45, 28, 7]
    case .custom: [40, 30, 20, 10]
    }
  }
}
