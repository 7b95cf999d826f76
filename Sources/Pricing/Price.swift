public import AccessControl

/// What something costs from a time on, until the next price of the same item and organisation.
///
/// All amounts are whole micro-dollars (millionths of a US dollar). They are estimates for those who
/// want to see what use costs, and no bills.
public struct Price: Hashable, Sendable {
  /// What a price is of.
  public enum Item: Hashable, Sendable {
    /// The tokens of a model, by its name as events have it.
    case model(Identifier)
    case resource(Resource)
  }

  public enum Amount: Hashable, Sendable {
    case tokens(TokenPrice)
    /// Micro-dollars per unit of the resource.
    case rate(Int64)
  }

  public var item: Item
  /// `nil`: of all organisations that have no price of their own.
  public var organization: OrganizationID?
  public var validFrom: UnixTime
  public var amount: Amount

  public init(
    model: Identifier, organization: OrganizationID? = nil, validFrom: UnixTime, _ price: TokenPrice
  ) {
    item = .model(model)
    self.organization = organization
    self.validFrom = validFrom
    amount = .tokens(price)
  }

  public init(
    _ resource: Resource, organization: OrganizationID? = nil, validFrom: UnixTime, rate: Int64
  ) {
    item = .resource(resource)
    self.organization = organization
    self.validFrom = validFrom
    amount = .rate(rate)
  }

  /// Two prices with one key would be in force at the same time.
  public var key: Key { Key(item: item, organization: organization, validFrom: validFrom) }

  public struct Key: Hashable, Sendable {
    public var item: Item
    public var organization: OrganizationID?
    public var validFrom: UnixTime

    public init(item: Item, organization: OrganizationID?, validFrom: UnixTime) {
      self.item = item
      self.organization = organization
      self.validFrom = validFrom
    }
  }

  /// 1,000 US dollars: what is more is a mistake of units. So a cost always fits 64 bits.
  public static let largestAmount: Int64 = 1_000_000_000
}

/// What is paid for by how long or how often it is used.
public enum Resource: String, CaseIterable, Hashable, Sendable {
  // Stored on disk: never rename.
  /// Per hour of GPU time.
  case gpu
  /// Per GB (1024³ bytes) and month of 30 days.
  case storage
  /// Per 1,000 requests that are not counted in tokens.
  case inference

  public var unit: String {
    switch self {
    case .gpu: "hour"
    case .storage: "GB-month"
    case .inference: "1000 requests"
    }
  }

  /// The rate that a database starts with, in micro-dollars.
  public var initialRate: Int64 {
    switch self {
    case .gpu: 1_500_000
    case .storage: 20_000
    case .inference: 10_000
    }
  }
}

extension Price.Item: Comparable {
  /// Models before resources, each by name.
  public static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.model(let one), .model(let other)): one < other
    case (.model, .resource): true
    case (.resource, .model): false
    case (.resource(let one), .resource(let other)): one.rawValue < other.rawValue
    }
  }

  /// As in a sentence: `model gpt`, `gpu`.
  public var title: String {
    switch self {
    case .model(let name): "model \(name)"
    case .resource(let resource): resource.rawValue
    }
  }
}

extension Price.Key: Comparable {
  /// By item; prices for all before those of organisations; the oldest first.
  public static func < (left: Self, right: Self) -> Bool {
    if left.item != right.item { return left.item < right.item }
    let (one, other) = (left.organization?.text ?? "", right.organization?.text ?? "")
    if one != other { return one < other }
    return left.validFrom < right.validFrom
  }
}
