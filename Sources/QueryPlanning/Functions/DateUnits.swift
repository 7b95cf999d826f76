import ColumnStore

/// The words of `date_trunc` and `date_part`, by any name that PostgreSQL has for them, and the one
/// spelling that execution knows.
enum DateUnits {
  static func truncation(_ word: String) -> String? { TimeUnit(word)?.rawValue }

  static func field(_ word: String) -> String? {
    let lower = word.lowercased()
    switch lower {
    case _ where others.contains(lower): return lower
    case "dayofweek": return "dow"
    case "dayofyear": return "doy"
    default: return truncation(lower)
    }
  }

  static let truncations = TimeUnit.allCases.map(\.rawValue)
  static let fields = truncations + others

  /// Fields that are no units.
  private static let others = [
    "epoch", "dow", "isodow", "doy", "isoyear", "julian", "timezone", "timezone_hour",
    "timezone_minute",
  ]
}
