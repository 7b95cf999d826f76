import AccessControl
import Authentication
import HTTPServer
import Intake
import ServiceSetup

/// The rules of intake, with what they need of files: the key of pseudonyms, the patterns of user agents,
/// the countries of addresses.
struct IntakeFiles {
  let configuration: ServiceConfiguration
  /// Where the key of pseudonyms is kept when none is configured. Hashes of names are made with it, so
  /// it stays as long as the data.
  let localKey: String

  private static let largestPatternByteCount = 8 << 20

  init(_ configuration: ServiceConfiguration) {
    self.configuration = configuration
    localKey = (configuration.text("data") ?? DataOptions.defaultFolder) + "/pseudonym.key"
  }

  func rules() throws -> IntakeRules {
    var rules = IntakeRules(configuration, try pseudonymizer())
    rules.userAgents = try userAgents()
    if let path = configuration.text("ingest.country_file") {
      do { rules.countries = try CountryDatabase(path: path) } catch {
        throw CommandFailure("ingest.country_file: \(error)")
      }
    }
    return rules
  }

  /// Made of the configured key, or of that of the data folder, which is made where there is none.
  private func pseudonymizer() throws -> Pseudonymizer {
    if let key = configuration.secret("pseudonym.key") { return try pseudonymizer(key) }
    if !SmallFile.exists(localKey) {
      var generator = SystemRandomNumberGenerator()
      let digits = Array("0123456789abcdef".utf8)
      let key = (0..<64).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }
      try SmallFile.createPrivate(localKey, key + [10])
    }
    guard SmallFile.isPrivate(localKey) else {
      throw CommandFailure(
        "others may read the key of pseudonyms in '\(localKey)'", hint: "chmod 600 '\(localKey)'")
    }
    let bytes = try SmallFile.read(localKey, largestByteCount: 4096)
    return try pseudonymizer(Secret(Array(bytes.prefix { $0 > 32 })))
  }

  private func pseudonymizer(_ key: Secret) throws -> Pseudonymizer {
    do { return try Pseudonymizer(key: key) } catch {
      throw CommandFailure("the key of pseudonyms has fewer than 32 bytes")
    }
  }

  /// Without patterns devices, browsers and systems stay unknown.
  private func userAgents() throws -> UserAgentReader? {
    let named = configuration.text("ingest.user_agent_file")
    let path = named ?? UserAgentReader.standardPath
    guard named != nil || SmallFile.exists(path) else { return nil }
    let bytes = try SmallFile.read(path, largestByteCount: Self.largestPatternByteCount)
    guard let reader = UserAgentReader(yaml: String(decoding: bytes, as: UTF8.self)) else {
      throw CommandFailure("'\(path)' has no patterns of user agents")
    }
    return reader
  }
}
