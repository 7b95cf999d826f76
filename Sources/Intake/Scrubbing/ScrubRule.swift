/// Why something of a record was not stored as it came. Each is counted: nothing vanishes in silence.
public enum ScrubRule: String, CaseIterable, Sendable, Hashable {
  /// A field for content, a prompt or a secret: passed over.
  case neverStored = "never_stored"
  /// A name of the metadata that is on no list: dropped.
  case unlistedMetadata = "unlisted_metadata"
  /// Metadata that is an object, an array, or a text of more than 256 bytes: dropped.
  case unfitMetadata = "unfit_metadata"
  /// A file name, of which a keyed hash was kept.
  case hashedFileName = "hashed_file_name"
  /// A session's token, of which a keyed hash was kept.
  case hashedToken = "hashed_token"
  /// An e-mail address within another text, replaced by its pseudonym.
  case replacedMail = "replaced_email"
  /// An IP address within another text, replaced by its pseudonym.
  case replacedAddress = "replaced_ip"
  /// What looks like a key or a token within another text, replaced by `(secret)`.
  case replacedSecret = "replaced_secret"
  /// A number of a phone within another text, replaced by `(phone)`.
  case replacedPhone = "replaced_phone"
  /// A number of a card within another text, replaced by `(card)`.
  case replacedCard = "replaced_card"
  /// Query and fragment of a path, cut off.
  case cutPath = "cut_path"
  /// An IP address of which only the network was kept.
  case anonymizedAddress = "anonymized_ip"
  /// No scrubbing, but counted alike: tokens whose total is not the sum of its parts (C21).
  case conflictingTokens = "conflicting_tokens"
}

/// How often each rule was applied.
public struct ScrubCounts: Sendable, Equatable {
  private var counts = [Int](repeating: 0, count: ScrubRule.allCases.count)

  public init() {}

  private static let places = Dictionary(
    uniqueKeysWithValues: ScrubRule.allCases.enumerated().map { ($0.element, $0.offset) })

  public subscript(rule: ScrubRule) -> Int {
    get { counts[Self.places[rule] ?? 0] }
    set { counts[Self.places[rule] ?? 0] = newValue }
  }

  public var total: Int { counts.reduce(0, &+) }

  public mutating func add(_ other: ScrubCounts) {
    for place in counts.indices { counts[place] &+= other.counts[place] }
  }
}
