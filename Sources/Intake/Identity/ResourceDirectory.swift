internal import AccessControl
internal import ColumnStore
internal import Synchronization

/// Whose resources are: records that say no organisation get it from what they are about.
final class ResourceDirectory: Sendable {
  private struct Key: Hashable {
    var type: ExactText
    var id: ExactText

    init(_ type: String, _ id: String) {
      self.type = ExactText(type)
      self.id = ExactText(id)
    }
  }

  private struct Owners {
    var byKey: [Key: OrganizationID] = [:]
    /// For records that do not say the type; `nil` where resources of several organisations share the
    /// id.
    var byID: [ExactText: OrganizationID?] = [:]
  }

  private let owners = Mutex(Owners())

  func set(_ organization: OrganizationID, type: String, id: String) {
    owners.withLock { owners in
      owners.byKey[Key(type, id)] = organization
      let id = ExactText(id)
      if let known = owners.byID[id] {
        if known != organization { owners.byID[id] = .some(nil) }
      } else {
        owners.byID[id] = organization
      }
    }
  }

  func organization(type: String?, id: String) -> OrganizationID? {
    owners.withLock { owners in
      if let type { return owners.byKey[Key(type, id)] }
      return owners.byID[ExactText(id)] ?? nil
    }
  }

  var count: Int { owners.withLock { $0.byKey.count } }
}
