internal import AccessControl
internal import Authentication

/// Replaces what must not be stored within texts that may be, for one batch.
struct Scrubber {
  private let pseudonymizer: Pseudonymizer
  private var names: [Key: OrganizationPseudonyms] = [:]

  private struct Key: Hashable {
    var domain: String
    var organization: OrganizationID?
  }

  var counts = ScrubCounts()

  init(_ pseudonymizer: Pseudonymizer) { self.pseudonymizer = pseudonymizer }

  /// The keyed hash of a value: equal values of one organisation have equal ones.
  mutating func pseudonym(
    of value: String, domain: String, in organization: OrganizationID?
  ) -> String {
    let key = Key(domain: domain, organization: organization)
    if let known = names[key] { return known.name(of: value) }
    guard let identifier = Identifier(domain) else {
      preconditionFailure("a domain is an identifier")
    }
    let new = pseudonymizer.names(in: organization, domain: identifier)
    names[key] = new
    return new.name(of: value)
  }

  /// `nil` where nothing had to be replaced. Versions look like IPv4 addresses.
  mutating func scrubbed(
    _ text: UnsafeBufferPointer<UInt8>, in organization: OrganizationID?, isVersion: Bool = false
  ) -> String? {
    guard !SensitiveText.isPlain(text) else { return nil }
    return SensitiveText.replacing(in: text) { finding, word in
      switch finding {
      case .mail:
        counts[.replacedMail] += 1
        return pseudonym(of: word, domain: "email", in: organization)
      case .address where isVersion: return word
      case .address:
        counts[.replacedAddress] += 1
        return pseudonym(of: word, domain: "ip", in: organization)
      case .secret:
        counts[.replacedSecret] += 1
        return "(secret)"
      case .phone:
        counts[.replacedPhone] += 1
        return "(phone)"
      case .card:
        counts[.replacedCard] += 1
        return "(card)"
      }
    }
  }
}
