import AccessControl
import Authentication
import DiskTesting
import Persistence
import Synchronization
import Testing

private let now = UnixTime(seconds: 1_800_000_000)

struct EmitterKeyTests {
  let disk = SimulatedDisk()
  let environment: DiskEnvironment

  init() throws {
    let chance = Chance()
    environment = DiskEnvironment(files: disk, now: { .zero }, random: { chance.next() })
    try disk.makeFolder("/keys")
  }

  func store() throws -> EmitterKeyStore {
    try EmitterKeyStore(folder: "/keys", disk: environment)
  }

  func create(
    in store: EmitterKeyStore, _ organization: String = "acme", kinds: Set<RecordKind> = [.event]
  ) throws -> (key: EmitterKey, text: Secret) {
    try store.create(
      for: try #require(OrganizationID(organization)), kinds: kinds,
      label: try #require(Identifier("web")), by: try #require(UserID("ann")), at: now)
  }

  @Test func `a key lets in what it is for, also after a restart, until it is revoked`() throws {
    let store = try store()
    let (key, text) = try create(in: store, kinds: [.event, .session])
    #expect(String(decoding: text.expose(), as: UTF8.self).hasPrefix("dbk_\(key.id)_"))
    for store in [store, try self.store()] {
      #expect(try store.authenticate(text.expose(), for: .session) == key)
      #expect(throws: EmitterRefusal.kindNotAllowed(.audit, id: key.id)) {
        try store.authenticate(text.expose(), for: .audit)
      }
    }
    let other = try self.store()
    try other.revoke(key.id, at: now)
    #expect(try store.authenticate(text.expose(), for: .event) == key)
    try store.reload()
    #expect(throws: EmitterRefusal.invalidKey(.revoked(id: key.id))) {
      try store.authenticate(text.expose(), for: .event)
    }
    #expect(throws: EmitterKeyStoreError.alreadyRevoked) { try store.revoke(key.id, at: now) }
    #expect(throws: EmitterKeyStoreError.unknownKey) { try store.revoke("0", at: now) }
  }

  @Test func `no changed byte of a key is let in, and all are refused in the same words`() throws {
    let store = try store()
    let (_, text) = try create(in: store)
    let bytes = text.expose()
    for place in bytes.indices {
      for other in [bytes[place] ^ 1, bytes[place] ^ 0x80, UInt8(ascii: "_"), 0]
      where other != bytes[place] {
        var changed = bytes
        changed[place] = other
        let refusal = #expect(throws: EmitterRefusal.self) {
          try store.authenticate(changed, for: .event)
        }
        #expect(refusal?.publicMessage == "invalid emitter key")
      }
    }
    #expect(throws: EmitterRefusal.self) { try store.authenticate(bytes + [48], for: .event) }
  }

  @Test func `the file and the list hold nothing of the secret`() throws {
    let store = try store()
    let (key, text) = try create(in: store)
    _ = try create(in: store, "beta")
    let secret = try #require(
      String(decoding: text.expose(), as: UTF8.self).split(separator: "_").last)
    let file = try disk.open("/keys/emitter-keys.json", .read)
    let content = String(decoding: try file.read(0..<(try file.byteCount())), as: UTF8.self)
    #expect(!content.contains(secret))
    #expect(content.contains(key.id))
    let acme = store.list(.only([key.organization]))
    #expect(acme == [key])
    #expect(store.list(.all).count == 2)
    #expect(!String(reflecting: acme).contains(secret))
    #expect("\(text)" == Secret.mask)
  }

  @Test func `a damaged file is refused and changes nothing`() throws {
    let store = try store()
    let (_, text) = try create(in: store)
    let file = try disk.open("/keys/emitter-keys.json", .change)
    let content = try file.read(0..<(try file.byteCount()))
    for length in 0..<(content.count - 1) {
      try file.truncate(to: length)
      #expect(throws: EmitterKeyStoreError.self) { try store.reload() }
    }
    #expect(throws: EmitterKeyStoreError.self) { try create(in: store) }
    _ = try store.authenticate(text.expose(), for: .event)
  }

  @Test func `a failing disk makes no key, and loses none`() throws {
    let store = try store()
    let (_, text) = try create(in: store)
    let before = disk.callCount
    _ = try create(in: store)
    let calls = disk.callCount - before
    let count = store.list(.all).count
    for call in 1...calls {
      disk.fail(SimulatedDisk.Fault(call: disk.callCount + call, lasts: false, kind: .error(5)))
      _ = try? create(in: store)
      _ = try store.authenticate(text.expose(), for: .event)
    }
    let reopened = try self.store()
    _ = try reopened.authenticate(text.expose(), for: .event)
    #expect(reopened.list(.all).count >= count)
  }
}

/// SplitMix64: the tests want the same keys each time.
private final class Chance: Sendable {
  private let state = Mutex<UInt64>(1)
  func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}

struct PseudonymTests {
  /// Computed with Python's hmac and hashlib.
  @Test(arguments: [
    ("acme", "p_7a508b6d4be847e60ceea3572888d4e8"), ("beta", "p_fab8db47e6b869be163618276c291a2d"),
    ("", "p_453c9b3cf395ff284e3961eef7f0e49e"),
  ])
  func `a pseudonym is what the construction says`(organization: String, name: String) throws {
    let pseudonymizer = try Pseudonymizer(key: Secret(Array(0..<32)))
    let names = pseudonymizer.names(
      in: OrganizationID(organization), domain: try #require(Identifier("email")))
    #expect(names.name(of: "ann@example.org") == name)
    #expect(names.name(of: "ann@example.com") != name)
    let other = pseudonymizer.names(
      in: OrganizationID(organization), domain: try #require(Identifier("ip")))
    #expect(other.name(of: "ann@example.org") != name)
  }

  @Test func `a short key is refused`() {
    #expect(throws: Pseudonymizer.Failure.shortKey(31)) {
      try Pseudonymizer(key: Secret([UInt8](repeating: 7, count: 31)))
    }
  }
}
