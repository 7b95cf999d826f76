/// One event, by the fields that Daybook stores. What is `nil` is not sent.
///
/// The service refuses values that are out of range, and never stores content: there is no field for it
/// here either.
public struct DaybookEvent: Sendable {
  public enum Status: String, Sendable {
    case succeeded, failed, pending, cancelled
  }

  /// `page_view`, `chat`, `api_call` and so on; see the documentation of the service.
  public var type: String
  /// Tells it apart from all others of its organisation, whoever sends it. Made when it is emitted
  /// where it is `nil`, once: a retry has the same.
  public var id: String?
  /// When it happened, in milliseconds since 1970; `nil`: when it is emitted.
  public var time: Int64?
  public var category: String?
  /// `nil`: that of the key.
  public var organizationID: String?
  public var userID: String?
  public var sessionID: String?
  public var feature: String?
  public var model: String?
  public var framework: String?
  public var status: Status?
  public var errorCode: String?
  public var durationMilliseconds: Double?

  public var promptTokens: Int?
  public var completionTokens: Int?
  /// `nil`: their sum.
  public var totalTokens: Int?
  /// Part of the prompt's.
  public var cachedTokens: Int?
  /// Part of the completion's.
  public var reasoningTokens: Int?
  public var costUSD: Double?
  public var finishReason: String?

  /// The template of a route, never a path with identifiers: `/api/projects/{id}`.
  public var endpoint: String?
  public var method: String?
  public var statusCode: Int?
  public var responseTimeMilliseconds: Double?

  public var gpuSeconds: Double?
  public var cpuSeconds: Double?
  /// From 0 to 1.
  public var gpuUtilization: Double?
  public var storageType: String?
  public var bytesDelta: Int?
  public var sizeBytes: Int?
  public var mimeType: String?
  /// The service keeps a keyed hash of it.
  public var fileName: String?

  public var resourceType: String?
  public var resourceID: String?
  public var projectID: String?
  public var courseID: String?
  public var conversationID: String?
  public var messageID: String?
  public var requestID: String?
  public var traceID: String?
  /// Two letters of ISO 3166-1.
  public var country: String?
  /// Names that the service does not list for this type are dropped there, and counted.
  public var metadata: [String: DaybookValue] = [:]

  public init(_ type: String, userID: String? = nil, sessionID: String? = nil) {
    self.type = type
    self.userID = userID
    self.sessionID = sessionID
  }
}

/// A value of an event's metadata.
public enum DaybookValue: Sendable, Equatable {
  case text(String)
  case integer(Int)
  /// Infinite and not a number are sent as null.
  case number(Double)
  case boolean(Bool)
}

extension DaybookValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
