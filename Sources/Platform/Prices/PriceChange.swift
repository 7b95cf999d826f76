internal import AccessControl
package import Pricing

/// What is to be done to the list of prices: all of it, or nothing.
package struct PriceChange: Sendable, Equatable {
  /// Written in the place of those with the same key.
  package var set: [Price]
  package var removed: [Price.Key]

  package static let largestCount = 1_000
  /// Of all prices that there may be.
  package static let largestListCount = 10_000

  package init(set: [Price] = [], removed: [Price.Key] = []) {
    self.set = set
    self.removed = removed
  }

  /// What there is to do, and how many there would be then. Prices that stay as they are, are left out.
  package func resolved(
    in book: PriceBook
  ) throws(PriceProblem) -> (set: [(new: Price, old: Price?)], removed: [Price]) {
    guard set.count + removed.count <= Self.largestCount else {
      throw PriceProblem("", "count", "there are more than \(Self.largestCount) in one change")
    }
    var seen: Set<Price.Key> = []
    var errors: [PriceProblem.Item] = []
    for (index, key) in (set.map(\.key) + removed).enumerated() where !seen.insert(key).inserted {
      let place =
        index < set.count ? "prices[\(index)]" : "remove[\(index - set.count)]"
      errors.append(
        PriceProblem.Item(
          place, "overlap", "two for the same item, organisation and time: one of them is enough"))
    }
    var gone: [Price] = []
    for (index, key) in removed.enumerated() {
      if let price = book[key] {
        gone.append(price)
      } else {
        errors.append(
          PriceProblem.Item(
            "remove[\(index)]", "unknown",
            "there is no price of \(key.item.title) from exactly this time on"))
      }
    }
    guard errors.isEmpty else { throw PriceProblem(errors) }
    let changed = set.compactMap { price -> (new: Price, old: Price?)? in
      let old = book[price.key]
      return old == price ? nil : (price, old)
    }
    let count = book.prices.count + changed.count { $0.old == nil } - gone.count
    guard count <= Self.largestListCount else {
      throw PriceProblem("", "count", "there would be more than \(Self.largestListCount) prices")
    }
    return (changed, gone)
  }
}

/// Why a change of the prices is refused, by place.
package struct PriceProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package struct Item: Sendable, Equatable {
    /// `prices[2].prompt_usd`; empty for all of it.
    package var place: String
    /// In one word.
    package var rule: String
    package var message: String

    package init(_ place: String, _ rule: String, _ message: String) {
      self.place = place
      self.rule = rule
      self.message = message
    }
  }

  package var items: [Item]

  package init(_ items: [Item]) { self.items = items }

  package init(_ place: String, _ rule: String, _ message: String) {
    items = [Item(place, rule, message)]
  }

  package var description: String {
    items.map { $0.place.isEmpty ? $0.message : "\($0.place): \($0.message)" }
      .joined(separator: "\n")
  }
}
