public import AccessControl

/// Whose books these are.
public struct LedgerAccount: Hashable, Sendable, Comparable {
  public var emitter: String
  /// `nil`: of records whose organisation nobody could tell.
  public var organization: OrganizationID?

  public init(emitter: String, organization: OrganizationID?) {
    self.emitter = emitter
    self.organization = organization
  }

  public static func < (left: Self, right: Self) -> Bool {
    if left.emitter != right.emitter { return left.emitter < right.emitter }
    guard let other = right.organization else { return false }
    return left.organization.map { $0 < other } ?? true
  }
}

/// What became of all records of an emitter for an organisation. At every moment
/// `received == accepted + duplicates + failed + pending`.
public struct LedgerTotals: Equatable, Sendable {
  public var received = 0
  /// On disk.
  public var accepted = 0
  public var duplicates = 0
  /// Among the dead letters, and not yet taken from there.
  public var failed = 0
  /// Being stored.
  public var pending = 0
  public var scrubbed = 0
  /// When records last came that are on disk by now.
  public var lastReceived: UnixTime?

  public init() {}

  public var isBalanced: Bool { received == accepted + duplicates + failed + pending }

  public static func += (left: inout Self, right: Self) { left = left + right }

  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.received += right.received
    sum.accepted += right.accepted
    sum.duplicates += right.duplicates
    sum.failed += right.failed
    sum.pending += right.pending
    sum.scrubbed += right.scrubbed
    sum.lastReceived = [left.lastReceived, right.lastReceived].compactMap { $0 }.max()
    return sum
  }
}

/// The books of one moment.
public struct LedgerBook: Sendable {
  public let totals: [LedgerAccount: LedgerTotals]
  /// Batches that never came, by emitter.
  public let gaps: [String: [SequenceGap]]
}
