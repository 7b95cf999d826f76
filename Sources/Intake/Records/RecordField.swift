/// What may become of a field's value (C12 of the requirements).
public enum FieldClass: String, Sendable, Hashable {
  /// Stored, and shown to whoever may see the row.
  case open
  /// Stored, shown only by a reveal: e-mail addresses, IP addresses, user agents.
  case sealed
  /// Stored, shown to administrators of the organisation only.
  case freeText
  /// Only a keyed hash of it is stored.
  case hashed
}

/// What a value must be. A text that is longer than its limit is refused, never cut: nobody finds out
/// that something was cut.
public enum FieldType: Sendable, Hashable {
  /// Names one thing: 1 to 128 bytes as `Identifier` has it. E-mail addresses and secrets are refused,
  /// since identifiers are shown to everybody.
  case identifier
  case organization
  /// One of some words, in any case; `-` and spaces count as `_`. By spelling, the word stored.
  case choice([String: String])
  /// One of the event types, or in a deployment that allows it any word of `a-z0-9_`.
  case eventType
  /// A short text with few values: a model, a feature.
  case label(limit: Int)
  /// What people wrote.
  case prose(limit: Int)
  /// A path of a URL: without query and fragment.
  case path(limit: Int)
  case integer(ClosedRange<Int64>)
  /// A number that is rounded to a whole one.
  case rounded(ClosedRange<Int64>)
  case number(ClosedRange<Double>)
  /// US dollars, kept in millionths.
  case money
  case boolean
  /// ISO 8601, in UTC where it has no offset, or a count since 1970: of milliseconds from 10^11 on, of
  /// seconds below it.
  case time
  /// An IP address.
  case address
  case userAgent
  /// ISO 3166-1 alpha-2, upper case.
  case country
  /// An e-mail address.
  case mail
  /// Any text, of which a keyed hash in this domain is kept.
  case fingerprint(domain: String)
  /// An object with values that are no objects: only listed names stay, by event type.
  case metadata
}

/// One field of a record.
public struct RecordField: Sendable, Hashable {
  /// As documented; other spellings are `aliases`.
  public let name: String
  public let aliases: [String]
  /// The column it goes to.
  public let column: String
  public let type: FieldType
  public let isRequired: Bool
  public let fieldClass: FieldClass

  init(
    _ name: String, _ type: FieldType, _ fieldClass: FieldClass = .open, required: Bool = false,
    aliases: [String] = [], column: String? = nil
  ) {
    self.name = name
    self.aliases = aliases
    self.column = column ?? name
    self.type = type
    isRequired = required
    self.fieldClass = fieldClass
  }

  /// Every spelling: each name as it is, and in camel case.
  var spellings: [String] {
    var seen: Set<String> = []
    return ([name] + aliases).flatMap { [$0, Self.camelCase($0)] }
      .filter { seen.insert($0).inserted }
  }

  static func camelCase(_ name: String) -> String {
    let parts = name.split(separator: "_")
    guard let first = parts.first else { return name }
    return parts.dropFirst().reduce(String(first)) { text, part in
      text + part.prefix(1).uppercased() + part.dropFirst()
    }
  }
}
