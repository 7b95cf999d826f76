public import AccessControl

/// All prices as of one moment: which one is in force for an item, an organisation and a time.
///
/// An organisation's own price goes before the one for all, as soon as it is in force.
public struct PriceBook: Sendable, Equatable {
  /// Ascending by key.
  public let prices: [Price]
  /// Where the prices of an item and organisation stand among them.
  private let ranges: [Owner: Range<Int>]

  private struct Owner: Hashable {
    var item: Price.Item
    var organization: OrganizationID?
  }

  public static let empty = PriceBook([])

  /// Of several prices with one key the last one stays.
  public init(_ prices: some Sequence<Price>) {
    let sorted = Dictionary(prices.map { ($0.key, $0) }, uniquingKeysWith: { $1 }).values
      .sorted { $0.key < $1.key }
    var ranges: [Owner: Range<Int>] = [:]
    for (index, price) in sorted.enumerated() {
      let owner = Owner(item: price.item, organization: price.organization)
      ranges[owner] = (ranges[owner]?.lowerBound ?? index)..<(index + 1)
    }
    self.prices = sorted
    self.ranges = ranges
  }

  public subscript(key: Price.Key) -> Price? {
    own(key.item, key.organization).first { $0.validFrom == key.validFrom }
  }

  /// The price in force; `nil`: there is none.
  public func price(
    of item: Price.Item, for organization: OrganizationID?, at time: UnixTime
  ) -> Price? {
    candidates(of: item, for: organization).first { $0.validFrom <= time }
  }

  public func rate(
    of resource: Resource, for organization: OrganizationID?, at time: UnixTime
  ) -> Int64? {
    guard
      case .rate(let rate)? = price(of: .resource(resource), for: organization, at: time)?.amount
    else { return nil }
    return rate
  }

  /// The prices that may be in force, in the order in which to ask them: the first one that has begun
  /// at a time is in force then.
  public func candidates(of item: Price.Item, for organization: OrganizationID?) -> [Price] {
    let common = own(item, nil).reversed()
    guard let organization else { return Array(common) }
    return own(item, organization).reversed() + common
  }

  /// When the rate of a resource changes for anybody, ascending.
  public func changes(of resource: Resource) -> [UnixTime] {
    Set(prices.lazy.filter { $0.item == .resource(resource) }.map(\.validFrom)).sorted()
  }

  /// Names of the models that have a price, for anybody and any time.
  public var models: Set<String> {
    Set(
      prices.compactMap { price in
        if case .model(let name) = price.item { name.text } else { nil }
      })
  }

  private func own(_ item: Price.Item, _ organization: OrganizationID?) -> ArraySlice<Price> {
    ranges[Owner(item: item, organization: organization)].map { prices[$0] } ?? []
  }
}
