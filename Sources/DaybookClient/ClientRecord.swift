/// What kind a record is: each has a path of its own, and a batch has records of one.
enum ClientRecordKind: String, Sendable {
  case event = "events/batch"
  case login = "sessions/login"
  case heartbeat = "sessions/heartbeat"
  case logout = "sessions/logout"
  case threat = "threats"
  case feedback = "feedback"
}

/// The beginning of a session. The key must be for the kind `session`.
public struct DaybookLogin: Sendable {
  /// The host's choice; a login that is sent again does nothing.
  public var sessionID: String
  public var userID: String?
  public var organizationID: String?
  public var ipAddress: String?
  public var userAgent: String?
  public var country: String?

  public init(sessionID: String, userID: String? = nil) {
    self.sessionID = sessionID
    self.userID = userID
  }
}

/// Something that was refused or looks like an attack. The key must be for the kind `threat`.
public struct DaybookThreat: Sendable {
  public enum Severity: String, Sendable { case low, medium, high, critical }

  /// `rate_limit_violation`, `invalid_authentication`, `prompt_injection` and so on.
  public var type: String
  public var severity: Severity
  /// What happened; never what somebody wrote.
  public var description: String?
  public var userID: String?
  public var organizationID: String?
  public var ipAddress: String?
  public var requestID: String?

  public init(_ type: String, _ severity: Severity) {
    self.type = type
    self.severity = severity
  }
}

/// A rating of an answer. The first one of a person for a request stands. The key must be for the kind
/// `feedback`.
public struct DaybookFeedback: Sendable {
  public var requestID: String
  public var userID: String
  /// From 1 to 5.
  public var stars: Int
  public var organizationID: String?
  public var comment: String?
  public var model: String?

  public init(requestID: String, userID: String, stars: Int) {
    self.requestID = requestID
    self.userID = userID
    self.stars = stars
  }
}

extension DaybookClient {
  public func emit(_ login: DaybookLogin) {
    var object = JSONObjectWriter()
    object.write("session_id", login.sessionID)
    object.write("user_id", login.userID)
    object.write("organization_id", login.organizationID)
    object.write("ip_address", login.ipAddress)
    object.write("user_agent", login.userAgent)
    object.write("country", login.country)
    enqueue(.login, login.sessionID, object.finish())
  }

  /// Says that a session goes on; once a minute is enough.
  public func heartbeat(sessionID: String, userID: String? = nil) {
    enqueue(.heartbeat, sessionID, Self.message(sessionID, userID))
  }

  public func logout(sessionID: String, userID: String? = nil) {
    enqueue(.logout, sessionID, Self.message(sessionID, userID))
  }

  private static func message(_ sessionID: String, _ userID: String?) -> [UInt8] {
    var object = JSONObjectWriter()
    object.write("session_id", sessionID)
    object.write("user_id", userID)
    return object.finish()
  }

  public func emit(_ threat: DaybookThreat) {
    let id = environment.uuid()
    var object = JSONObjectWriter()
    object.write("client_event_id", id)
    object.write("ts", environment.time())
    object.write("threat_type", threat.type)
    object.write("severity", threat.severity.rawValue)
    object.write("description", threat.description)
    object.write("user_id", threat.userID)
    object.write("organization_id", threat.organizationID)
    object.write("ip_address", threat.ipAddress)
    object.write("request_id", threat.requestID)
    enqueue(.threat, id, object.finish())
  }

  public func emit(_ feedback: DaybookFeedback) {
    var object = JSONObjectWriter()
    object.write("request_id", feedback.requestID)
    object.write("ts", environment.time())
    object.write("user_id", feedback.userID)
    object.write("organization_id", feedback.organizationID)
    object.write("stars", feedback.stars)
    object.write("comment", feedback.comment)
    object.write("model", feedback.model)
    enqueue(.feedback, feedback.requestID, object.finish())
  }
}
