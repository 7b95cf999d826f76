/// What was done in a window and what it cost, in whole micro-dollars. All of it are estimates.
public struct CostAnswer: Sendable, Equatable {
  /// Costs of events, by how they are known; `nil`: no event has such a one.
  public var sent: Int64?
  public var modelPrice: Int64?
  public var resourceRate: Int64?
  /// The same costs, by what they are of.
  public var gpu: Int64?
  public var inference: Int64?
  public var gpuSeconds = 0.0
  public var requestCount: Int64 = 0
  public var tokenCount: Int64 = 0
  /// Those of events without a cost.
  public var unpricedTokenCount: Int64 = 0
  public var storage: StorageUse

  /// Of events.
  public var events: Int64? { Self.sum([sent, modelPrice, resourceRate]) }

  public var total: Int64? { Self.sum([gpu, inference, storage.microdollars]) }

  /// `nil` where there are no tokens.
  public var unpricedShare: Double? {
    tokenCount == 0 ? nil : Double(unpricedTokenCount) / Double(tokenCount)
  }

  static func sum(_ parts: [Int64?]) -> Int64? {
    let known = parts.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0) { StorageUse.sum($0, $1) }
  }
}

/// The costs of a day, week or month.
public struct CostBucket: Sendable, Equatable {
  public var bucket: Grain.Bucket
  public var gpu: Int64?
  public var inference: Int64?
  public var storage: Int64?
  public var total: Int64? { CostAnswer.sum([gpu, inference, storage]) }
}

/// What costs of events are shared out by. Storage has none of these.
public enum CostDimension: String, CaseIterable, Sendable {
  case model
  case user = "user_id"
  case project = "project_id"
  case organization = "organization_id"
  case feature
  case category

  public static let names = allCases.map(\.rawValue)
}

/// A list of what cost most, with what is below it.
public struct CostShares: Sendable, Equatable {
  public struct Share: Sendable, Equatable {
    /// `nil`: of events that do not say.
    public var name: String?
    public var microdollars: Int64?
    public var eventCount: Int64
    public var tokenCount: Int64
    public var unpricedTokenCount: Int64
  }

  public var dimension: CostDimension
  public var shares: [Share] = []
  public var total: Int64?
  /// How many there are, those below the list included.
  public var kindCount: Int64 = 0

  public var other: Int64? {
    total.map { total in shares.reduce(total) { $0 - ($1.microdollars ?? 0) } }
  }
}
