/// A name from outside: of a person, an organisation, a thing.
///
/// Two are equal if their bytes are. `String` would also take different spellings of a letter for the
/// same, and with that one person for another.
public struct Identifier: Hashable, Sendable, Comparable, CustomStringConvertible {
  public static let allowed =
    "1 to 128 bytes of text without control characters, or blanks at its ends"

  private let exact: ExactText

  /// `nil` for text that is not as `allowed` says.
  public init?(_ text: String) {
    guard (1...128).contains(text.utf8.count) else { return nil }
    guard text.first?.isWhitespace == false, text.last?.isWhitespace == false else { return nil }
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      // Format characters turn the direction of what follows, in a log as well.
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: false
      default: true
      }
    }
    guard isPlain else { return nil }
    exact = ExactText(text)
  }

  public var text: String { exact.text }
  public var description: String { text }

  public static func < (left: Self, right: Self) -> Bool { left.exact < right.exact }
}

/// A person, as the issuer of tokens names him.
public struct UserID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let identifier: Identifier

  /// `nil` for text that is no `Identifier`.
  public init?(_ text: String) {
    guard let identifier = Identifier(text) else { return nil }
    self.identifier = identifier
  }

  public var text: String { identifier.text }
  public var description: String { text }
  public static func < (left: Self, right: Self) -> Bool { left.identifier < right.identifier }
}

/// An organisation, the one key of tenancy; requests spell it `organization_id`, `company_id` or
/// `org_id`.
public struct OrganizationID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let identifier: Identifier

  /// `nil` for text that is no `Identifier`.
  public init?(_ text: String) {
    guard let identifier = Identifier(text) else { return nil }
    self.identifier = identifier
  }

  public var text: String { identifier.text }
  public var description: String { text }
  public static func < (left: Self, right: Self) -> Bool { left.identifier < right.identifier }
}
