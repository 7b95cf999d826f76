internal import AccessControl
public import Authentication
public import QueryPlanning

/// The pseudonyms of the installation, as queries ask for them.
public struct Pseudonyms: PseudonymSource {
  private let pseudonymizer: Pseudonymizer

  public init(_ pseudonymizer: Pseudonymizer) { self.pseudonymizer = pseudonymizer }

  /// A name for this process alone: for who has no configuration.
  public static func ofProcess() throws(Pseudonymizer.Failure) -> Pseudonyms {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Pseudonyms(try Pseudonymizer(key: Secret(bytes)))
  }

  public func names(organization: String, domain: String) -> @Sendable (String) -> String {
    // A column whose name is no identifier shares its names with others of that kind.
    guard let domain = Identifier(domain) ?? Identifier("column") else { return { _ in "p_" } }
    let names = pseudonymizer.names(in: OrganizationID(organization), domain: domain)
    return { names.name(of: $0) }
  }
}
