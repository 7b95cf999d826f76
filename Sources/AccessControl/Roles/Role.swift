/// What a person is to an organisation or to the platform.
public enum Role: String, CaseIterable, Sendable, Hashable {
  case user
  case manager
  /// Of an organisation.
  case admin
  /// An admin who also reads the free text of his own organisation.
  case organizationAdmin = "org_admin"
  /// Of all organisations.
  case platformAdmin = "platform_admin"
  /// A platform admin who may ask to see what is sealed. The role counts only for those whom the
  /// configuration lists: see `SuperadminAllowlist`.
  case superadmin
}
