/// A named range of time that ends today, or with the anchor day.
public enum RangePreset: String, CaseIterable, Sendable {
  /// The 24 hours up to now, which is no calendar day.
  case day = "24h"
  case week = "7d"
  case month = "1m"
  case thirtyDays = "30d"
  case quarter = "3m"
  case ninetyDays = "90d"
  case year = "1y"
  /// From the first event on.
  case all
  /// What a start and an end say.
  case custom

  /// How many calendar days it has, the last of them included; `nil` where something else decides.
  public var dayCount: Int? {
    switch self {
    case .week: 7
    case .month, .thirtyDays: 30
    case .quarter, .ninetyDays: 90
    case .year: 365
    case .day, .all, .custom: nil
    }
  }

  public static let names = allCases.map(\.rawValue)
}
