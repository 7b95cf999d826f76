/// Why somebody wants to see what is sealed, in his own words; it stands in the audit log.
public struct RevealReason: Sendable, Equatable {
  public static let allowed =
    "10 to 500 bytes of text on one line, without control characters"

  public let text: String

  /// Blanks at the ends do not count. `nil` for text that is not as `allowed` says.
  public init?(_ text: String) {
    let blank: (Character) -> Bool = { $0 == " " }
    let trimmed = text.drop(while: blank).reversed().drop(while: blank).reversed()
    let reason = String(trimmed)
    guard (10...500).contains(reason.utf8.count) else { return nil }
    let isPlain = reason.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
    guard isPlain, reason.contains(where: { !$0.isWhitespace }) else { return nil }
    self.text = reason
  }
}
