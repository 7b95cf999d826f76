import AccessControl
import Authentication
import HTTPServer
import ServiceSetup

/// The keys of tokens, from where the configuration says that they are.
struct TokenKeyFiles: Sendable {
  let configuration: ServiceConfiguration
  /// Where the key of this machine is kept when nothing else is configured.
  let localKey: String

  private static let sources = [
    "token.secret", "token.secret_file", "token.key_file", "token.jwks_file",
  ]

  init(_ configuration: ServiceConfiguration) {
    self.configuration = configuration
    localKey = (configuration.text("data") ?? DataOptions.defaultFolder) + "/token.key"
  }

  /// Whether any key is configured: if not, one is made, which is for this machine alone.
  var isConfigured: Bool {
    configuration.secret("token.secret") != nil
      || Self.sources.contains { configuration.text($0) != nil }
  }

  var rules: TokenRules {
    TokenRules(
      issuer: configuration.text("token.issuer") ?? "daybook",
      audience: configuration.text("token.audience") ?? "daybook",
      clockSkew: .seconds(configuration.integer("token.clock_skew_seconds") ?? 30),
      longestLifetime: .seconds(configuration.integer("token.longest_lifetime_seconds") ?? 86_400),
      allowlist: configuration.superadmins)
  }

  func verifier() async throws -> TokenVerifier {
    TokenVerifier(keys: try translated { try TokenKeySet($0) }(try await keys()), rules: rules)
  }

  /// The one that signs: a shared secret or a private key.
  func issuer() async throws -> TokenIssuer {
    let keys = try await keys()
    guard let key = keys.first else { throw CommandFailure("there is no key to sign with") }
    return TokenIssuer(key: key, rules: rules)
  }

  /// Those that may sign come first.
  private func keys() async throws -> [TokenKey] {
    let isOne =
      Self.sources.count { source in
        source == "token.secret"
          ? configuration.secret(source) != nil : configuration.text(source) != nil
      } <= 1
    var keys: [TokenKey] = []
    do {
      if let secret = configuration.secret("token.secret") {
        keys.append(try await .shared(secret, id: isOne ? nil : "secret"))
      }
      if let path = configuration.text("token.secret_file") {
        keys.append(try await .shared(try Self.secret(path), id: isOne ? nil : "secret_file"))
      }
      if let path = configuration.text("token.key_file") {
        let text = String(decoding: try Self.read(path), as: UTF8.self)
        keys.append(try await .pem(text, id: isOne ? nil : "key_file"))
      }
      if let path = configuration.text("token.jwks_file") {
        keys += try await TokenKeySet.keys(ofJWKS: try Self.read(path))
      }
      if keys.isEmpty, SmallFile.exists(localKey) {
        keys.append(try await .shared(try Self.secret(localKey)))
      }
    } catch let error as TokenKeyError {
      throw CommandFailure("the keys of tokens: \(error)")
    }
    return keys
  }

  /// Makes the key of this machine where there is none; true where it was made.
  func makeLocalKey() throws -> Bool {
    guard !SmallFile.exists(localKey) else { return false }
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef".utf8)
    let secret = (0..<64).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }
    try SmallFile.createPrivate(localKey, secret + [10])
    return true
  }

  /// Blanks and line ends around it do not count.
  private static func secret(_ path: String) throws -> Secret {
    let isBlank = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    let bytes = try read(path).drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    guard SmallFile.isPrivate(path) else {
      throw CommandFailure(
        "others may read the secret in '\(path)'", hint: "chmod 600 '\(path)'")
    }
    return Secret(Array(bytes))
  }

  private static func read(_ path: String) throws -> [UInt8] {
    try SmallFile.read(path, largestByteCount: TokenKeySet.largestByteCount)
  }

  private func translated<Input, Output>(
    _ body: @escaping (Input) throws -> Output
  ) -> (Input) throws -> Output {
    { input in
      do { return try body(input) } catch let error as TokenKeyError {
        throw CommandFailure("the keys of tokens: \(error)")
      }
    }
  }
}
