public import AccessControl
internal import CXXHash

/// What one batch added, as numbers: whose it was, how much of what, and who was active.
public struct ActivityBatch: Equatable, Sendable {
  /// Rows of one organisation whose time lies on one day.
  public struct Part: Equatable, Sendable {
    public var organization: OrganizationID
    /// The UTC day of their time, since 1970; `nil`: neither the day on which they came nor the next.
    public var day: Int64?
    public var counts: ActivityCounts

    public init(organization: OrganizationID, day: Int64?, counts: ActivityCounts) {
      self.organization = organization
      self.day = day
      self.counts = counts
    }
  }

  /// Somebody who did something.
  public struct Person: Equatable, Sendable {
    /// Of his identifier: the same in each organisation.
    public var hash: UInt64
    public var organization: OrganizationID
    /// Milliseconds: when it was, of several the latest.
    public var latest: Int64

    public init(hash: UInt64, organization: OrganizationID, latest: Int64) {
      self.hash = hash
      self.organization = organization
      self.latest = latest
    }

    /// 64 bits of XXH3: among a million people two are one with a probability below 10^-7.
    public static func hash(of user: String) -> UInt64 {
      var user = user
      return user.withUTF8 { XXH3_64bits($0.baseAddress, $0.count) }
    }
  }

  /// The first version of the store's catalog that has the rows.
  public var version: UInt64
  /// Milliseconds: when they came, as in `received_at`.
  public var received: Int64
  public var parts: [Part]
  public var people: [Person]

  public init(version: UInt64, received: Int64, parts: [Part], people: [Person]) {
    self.version = version
    self.received = received
    self.parts = parts
    self.people = people
  }
}

/// What a change stored of events, to be counted once it is kept.
enum StoredActivity {
  case nothing
  /// Rows of the batch.
  case rows([UInt32])
  /// Events that were made here, of now.
  case made([MadeEvent])

  struct MadeEvent {
    var type: String
    var organization: OrganizationID
    var user: UserID
  }
}
