public import AccessControl

/// What a token must say.
public struct TokenRules: Sendable {
  /// Compared byte by byte.
  public var issuer: String
  public var audience: String
  /// How far the issuer's clock may be from ours.
  public var clockSkew: Duration
  /// How far ahead a token may expire.
  public var longestLifetime: Duration
  public var allowlist: SuperadminAllowlist
  /// `jti` of tokens that hold no longer.
  public var revoked: Set<String>

  public static let skews: ClosedRange<Duration> = .zero ... .seconds(300)
  public static let lifetimes: ClosedRange<Duration> = .seconds(60) ... .seconds(31 * 86_400)
  public static let largestByteCount = 8192

  public init(
    issuer: String, audience: String, clockSkew: Duration = .seconds(30),
    longestLifetime: Duration = .seconds(86_400), allowlist: SuperadminAllowlist,
    revoked: Set<String> = []
  ) {
    precondition(Self.skews.contains(clockSkew), "the skew is checked with the configuration")
    precondition(Self.lifetimes.contains(longestLifetime), "as is the lifetime")
    precondition(!issuer.isEmpty && !audience.isEmpty, "a token names both")
    self.issuer = issuer
    self.audience = audience
    self.clockSkew = clockSkew
    self.longestLifetime = longestLifetime
    self.allowlist = allowlist
    self.revoked = revoked
  }
}
