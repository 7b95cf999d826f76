/// What is counted of events as they are stored.
///
/// Each has the same meaning in the catalogue of metrics and in SQL over `events`; a test compares them on
/// the same rows.
public enum ActivityCounter: Int, CaseIterable, Sendable {
  case events
  case chats
  case uploads
  case ragQueries
  case promptTokens
  case completionTokens
  case totalTokens
  case generationsRequested
  case generationsSucceeded
  case generationsFailed
  case errors
  case outcomes
  case apiCalls
  case pageViews
  case signIns

  static let count = allCases.count

  /// As answers name it.
  public var name: String {
    switch self {
    case .events: "events"
    case .chats: "chats"
    case .uploads: "uploads"
    case .ragQueries: "rag_queries"
    case .promptTokens: "prompt_tokens"
    case .completionTokens: "completion_tokens"
    case .totalTokens: "total_tokens"
    case .generationsRequested: "generations_requested"
    case .generationsSucceeded: "generations_succeeded"
    case .generationsFailed: "generations_failed"
    case .errors: "errors"
    case .outcomes: "outcomes"
    case .apiCalls: "api_calls"
    case .pageViews: "page_views"
    case .signIns: "sign_ins"
    }
  }

  public init?(name: String) {
    guard let counter = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = counter
  }

  /// The types of events that it counts; empty where it is not about types.
  public var eventTypes: [String] {
    switch self {
    case .chats: ["chat"]
    case .uploads: ["upload", "dataset_upload"]
    case .ragQueries: ["rag_query"]
    case .generationsRequested: ["image_generate_requested", "video_generate_requested"]
    case .generationsSucceeded: ["image_generate_succeeded", "video_generate_succeeded"]
    case .generationsFailed: ["image_generate_failed", "video_generate_failed"]
    case .apiCalls: ["api_call"]
    case .pageViews: ["page_view"]
    case .signIns: ["login"]
    case .events, .promptTokens, .completionTokens, .totalTokens, .errors, .outcomes: []
    }
  }

  /// The one that a type of events is counted by, beside `events`.
  static let byEventType: [String: ActivityCounter] = Dictionary(
    uniqueKeysWithValues: allCases.flatMap { counter in
      counter.eventTypes.map { ($0, counter) }
    })

  /// Types that are the platform's doing, although they are about a person.
  static let typesWithoutActivity: Set<String> = ["email_sent"]
}

/// One number for each counter.
public struct ActivityCounts: Equatable, Sendable {
  public private(set) var values: [Int64]

  public init() { values = Array(repeating: 0, count: ActivityCounter.count) }

  /// In the order of `ActivityCounter.allCases`; what is missing is zero.
  public init(_ values: some Sequence<Int64>) {
    self.init()
    for (place, value) in zip(self.values.indices, values) { self.values[place] = value }
  }

  public subscript(counter: ActivityCounter) -> Int64 {
    get { values[counter.rawValue] }
    set { values[counter.rawValue] = newValue }
  }

  /// Wraps around, as no table could have so many rows.
  public mutating func add(_ other: ActivityCounts) {
    for place in values.indices { values[place] &+= other.values[place] }
  }
}
