/// That somebody may see sealed columns for some minutes.
public struct RevealGrant: Sendable, Equatable {
  /// 128 bits of chance. Knowing one is not enough to use it: it works for its owner only.
  public struct ID: Hashable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    /// 32 hexadecimal digits, in lower case.
    public init?(_ text: String) {
      let isHexadecimal = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
      guard text.utf8.count == 32, isHexadecimal, let high = UInt64(text.prefix(16), radix: 16),
        let low = UInt64(text.suffix(16), radix: 16)
      else { return nil }
      self.init(high: high, low: low)
    }

    public var description: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
  }

  public let id: ID
  public let owner: UserID
  public let reason: RevealReason
  public let scope: RevealScope
  public let start: UnixTime
  /// The first moment at which it no longer holds.
  public let end: UnixTime

  public static let longest: Duration = .seconds(15 * 60)

  /// A clock that was set back before the start ends a grant too: it must not live longer by that.
  public func holds(at now: UnixTime) -> Bool { start <= now && now < end }
}

/// What a grant opens: named columns, of rows of these organisations.
public struct RevealScope: Sendable, Equatable {
  public static let largestColumnCount = 32

  public let organizations: OrganizationScope
  public let columns: Set<SealedColumn>

  public init(organizations: OrganizationScope, columns: Set<SealedColumn>) {
    self.organizations = organizations
    self.columns = columns
  }

  public func covers(_ column: SealedColumn, of organization: OrganizationID?) -> Bool {
    columns.contains(column) && organizations.contains(organization)
  }
}

/// One use of a grant, checked and on the record. It cannot be copied or kept: `RevealRegister.use`
/// lends it for the length of a closure.
public struct RevealPermit: ~Copyable {
  private let scope: RevealScope

  init(_ scope: RevealScope) { self.scope = scope }

  public func covers(_ column: SealedColumn, of organization: OrganizationID?) -> Bool {
    scope.covers(column, of: organization)
  }
}
