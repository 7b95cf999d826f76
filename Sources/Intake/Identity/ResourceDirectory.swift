internal import AccessControl
internal import ColumnStore
internal import Synchronization

/// Whose resources are: records that say no organisation get it from what they are about.
final class ResourceDirectory: Sendable {
  private struct Key: Hashable {
    var type: String
    var id: String
  }

  private struct Owners {
    var byKey: [Key: OrganizationID] = [:]
    /// For records that do not say the type; `nil` where resources of several organisations share the
    /// id.
    var byID: [String: OrganizationID?] = [:]
  }

  private let owners = Mutex(Owners())

  func set(_ organization: OrganizationID, type: String, id: String) {
    owners.withLock { owners in
      owners.byKey[Key(type: type, id: id)] = organization
      if let known = owners.byID[id] {
        if known != organization { owners.byID[id] = .some(nil) }
      } else {
        owners.byID[id] = organization
      }
    }
  }

  func organization(type: String?, id: String) -> OrganizationID? {
    owners.withLock { owners in
      if let type { return owners.byKey[Key(type: type, id: id)] }
      return owners.byID[id] ?? nil
    }
  }

  var count: Int { owners.withLock { $0.byKey.count } }
}
