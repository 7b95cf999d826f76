import AccessControl
import Synchronization

func user(_ text: String) -> UserID {
  guard let user = UserID(text) else { preconditionFailure("no user: \(text)") }
  return user
}

func organization(_ text: String) -> OrganizationID {
  guard let organization = OrganizationID(text) else { preconditionFailure("no name: \(text)") }
  return organization
}

func column(_ text: String) -> SealedColumn {
  guard let column = SealedColumn(text) else { preconditionFailure("no column: \(text)") }
  return column
}

let allowlist = SuperadminAllowlist([user("root"), user("root2")])

func principal(
  _ role: Role, _ name: String = "root", in organizations: [String] = ["acme"],
  revealing grant: RevealGrant.ID? = nil
) throws -> Principal {
  try Principal(
    user: user(name), organizations: Set(organizations.map(organization)), role: role,
    allowlist: allowlist
  ).revealing(with: grant)
}

/// An audit log in memory, which can be broken.
final class EventLog: RevealEventSink {
  struct Broken: Error {}
  private let state = Mutex<(events: [RevealEvent], isBroken: Bool)>(([], false))

  var events: [RevealEvent] { state.withLock { $0.events } }
  var actions: [RevealEvent.Action] { events.map(\.action) }
  func breakDown() { state.withLock { $0.isBroken = true } }

  func record(_ event: RevealEvent) throws {
    try state.withLock { state in
      if state.isBroken { throw Broken() }
      state.events.append(event)
    }
  }
}

/// 1, 2, 3, ...
final class Counter: Sendable {
  private let value = Atomic<UInt64>(0)
  func next() -> UInt64 { value.add(1, ordering: .relaxed).newValue }
}
