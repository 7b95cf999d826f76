/// One event of a sample, compactly: names are positions in their vocabulary.
public struct SampleEvent: Equatable, Sendable {
  /// Since midnight UTC of the event's day.
  public var millisecondOfDay: Int32
  /// Counts from 0; written `u-000001` for 0.
  public var user: Int32
  /// Counts from 0; written `org-0001` for 0.
  public var organization: Int32
  /// Counts from 0 on each day.
  public var session: Int32
  public var durationMilliseconds: Int32?
  public var tokens: Tokens?
  public var costMicrodollars: Int64?
  public var statusCode: Int16?
  public var type: SampleEventType
  public var feature: SampleFeature?
  public var model: SampleModel?
  /// `nil` where there is no outcome to speak of, a request or a page view for example.
  public var status: SampleStatus?
  public var errorCode: SampleErrorCode?
  public var endpoint: SampleEndpoint?
  /// Counts from 0 on each day; a request and its outcome have the same.
  public var request: Int32?
  /// One of the projects that were there before the sample, counted from 0.
  public var project: Int32?
  /// Position in `SampleLesson.all`.
  public var lesson: UInt8?
  /// Of a quiz, 0 to 100.
  public var score: UInt8?
  /// Position in `SampleClient.all`: what the session is used with.
  public var client: UInt8 = 0
  public var framework: SampleFramework?
  /// What `bytes` are stored as, of a change of storage.
  public var storage: SampleStorage?
  /// The size of a file, or what a change of storage adds or takes away.
  public var bytes: Int64?
  public var work: Work?

  /// What a job used.
  public struct Work: Equatable, Sendable {
    public var gpuMilliseconds: Int32
    public var cpuMilliseconds: Int32
    /// Mean use of the GPU while it ran.
    public var utilizationThousandths: Int16
  }

  public struct Tokens: Equatable, Sendable {
    public var prompt: Int32
    public var completion: Int32
    /// Of the prompt's.
    public var cached: Int32 = 0
    /// Of the completion's.
    public var reasoning: Int32 = 0
    public var total: Int32 { prompt + completion }

    public init(prompt: Int32, completion: Int32) {
      self.prompt = prompt
      self.completion = completion
    }
  }
}

public enum SampleStatus: UInt8, CaseIterable, Sendable {
  case succeeded
  case failed
  case cancelled

  public var name: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }
}

public enum SampleErrorCode: UInt8, CaseIterable, Sendable {
  case rateLimited
  case timeout
  case contentPolicy
  case providerError
  case invalidRequest
  case internalError

  public var name: String {
    switch self {
    case .rateLimited: "rate_limited"
    case .timeout: "timeout"
    case .contentPolicy: "content_policy"
    case .providerError: "provider_error"
    case .invalidRequest: "invalid_request"
    case .internalError: "internal_error"
    }
  }

  /// The HTTP status that such a failure is answered with.
  public var statusCode: Int16 {
    switch self {
    case .rateLimited: 429
    case .timeout: 504
    case .contentPolicy: 422
    case .providerError: 502
    case .invalidRequest: 400
    case .internalError: 500
    }
  }
}
