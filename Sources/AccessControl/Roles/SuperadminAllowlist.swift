/// The people who may be superadmins. It comes from the configuration alone: there is no way to
/// change one, only to start with another.
public struct SuperadminAllowlist: Sendable, Equatable {
  public let users: Set<UserID>

  public init(_ users: Set<UserID> = []) { self.users = users }

  public func contains(_ user: UserID) -> Bool { users.contains(user) }
}
