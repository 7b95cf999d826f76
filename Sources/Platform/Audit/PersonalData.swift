internal import Authentication

/// Tells what may name a person, in texts that others wrote.
///
/// It errs on the side of hiding: what it lets through is identifiers, numbers, and words that hold no
/// address.
package enum PersonalData {
  package static let mask = "(redacted)"

  /// The text with mail and IP addresses masked.
  static func masked(_ text: String) -> String {
    guard mayHoldAddress(text) else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { mayHoldAddress($0) ? mask[...] : $0 }.joined(separator: " ")
  }

  /// Whether an `@` is in it, or `%40`, which is how addresses stand in URLs.
  static func mayHoldMail(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.contains { $0 == "@" || $0 == "\u{FF20}" || $0 == "\u{FE6B}" }
      || text.contains("%40")
  }

  /// Whether an `@`, or what looks like an address of the internet, is in it.
  static func mayHoldAddress(_ text: some StringProtocol) -> Bool {
    if mayHoldMail(text) { return true }
    let words = text.split { !($0.isHexDigit || $0 == "." || $0 == ":") }
    return words.contains { word in
      let parts = word.split(separator: ".", omittingEmptySubsequences: false)
      if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return true }
      return word.contains("::")
        || word.split(separator: ":", omittingEmptySubsequences: false).count == 8
    }
  }

  /// Members of a context that are identifiers or words of a fixed list by their meaning.
  private static let openMembers: Set<String> = [
    "project_id", "dataset_id", "experiment_id", "organization_id", "company_id", "org_id",
    "removed_user_id", "invited_user_id", "user_id", "invitation_id", "mlflow_experiment_id",
    "role", "visibility", "status",
  ]

  /// Whether a member of a context may be read by all who see the entry: numbers, and identifiers.
  static func isOpen(_ member: String, _ value: StrictJSON) -> Bool {
    switch value {
    case .null, .bool, .number: true
    case .string(let text): openMembers.contains(member) && !mayHoldAddress(text)
    case .array, .object: false
    }
  }
}
