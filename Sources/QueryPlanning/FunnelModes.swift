/// What `window_funnel` demands of a chain of events besides its order.
public struct FunnelModes: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A step that is reached a second time ends the search.
  public static let strictDeduplication = FunnelModes(rawValue: 1)
  /// So does an event that is no step, or a step too early, once the first step was reached.
  public static let strictOrder = FunnelModes(rawValue: 2)
  /// Each step is later than the one before, not at the same time.
  public static let strictIncrease = FunnelModes(rawValue: 4)
  /// `funnel_times`: it answers when the steps were met, not how many. No word of SQL.
  public static let answersTimes = FunnelModes(rawValue: 8)

  /// By the names that SQL uses, which are those of ClickHouse.
  static let named: [(name: String, mode: FunnelModes)] = [
    ("strict_deduplication", .strictDeduplication), ("strict_order", .strictOrder),
    ("strict_increase", .strictIncrease),
  ]

  var names: [String] { Self.named.filter { contains($0.mode) }.map(\.name) }
}
