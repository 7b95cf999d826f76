public import AccessControl
public import Persistence
internal import Synchronization

/// The keys of emitters, in a file of a folder of their own.
///
/// A change is on disk before it counts. Changes are made one after another, also between processes:
/// each locks the folder, reads the file anew, and writes it beside the old one, which it replaces in
/// one step. A process that runs sees the changes of others after `reload`.
public final class EmitterKeyStore: Sendable {
  public static let largestCount = 10_000
  static let largestByteCount = 8 * 1024 * 1024

  private let folder: String
  private let disk: DiskEnvironment
  private let keys = Mutex<[String: StoredEmitterKey]>([:])

  /// `folder` exists and holds nothing else. `disk.random` must be hard to guess, as the system's is.
  public init(folder: String, disk: DiskEnvironment) throws(EmitterKeyStoreError) {
    self.folder = folder
    self.disk = disk
    try reload()
  }

  private var path: String { folder + "/emitter-keys.json" }

  /// Makes a key. Its text is given here and never again.
  public func create(
    for organization: OrganizationID, kinds: Set<RecordKind>, label: Identifier, by creator: UserID,
    at now: UnixTime
  ) throws(EmitterKeyStoreError) -> (key: EmitterKey, text: Secret) {
    guard !kinds.isEmpty else { throw .noKinds }
    let text = EmitterKeyText(id: Hexadecimal.encode(bytes(8)), secret: bytes(32))
    let key = EmitterKey(
      id: text.id, organization: organization, kinds: kinds, label: label, creator: creator,
      created: now)
    let stored = StoredEmitterKey(key, secret: text.secret, salt: bytes(16))
    try change { (keys) throws(EmitterKeyStoreError) in
      guard keys.count < Self.largestCount, !keys.contains(where: { $0.key.id == key.id }) else {
        throw .tooMany
      }
      keys.append(stored)
    }
    return (key, Secret(text.text))
  }

  /// From here on the key is refused; it stays in the list.
  public func revoke(_ id: String, at now: UnixTime) throws(EmitterKeyStoreError) {
    try change { (keys) throws(EmitterKeyStoreError) in
      guard let place = keys.firstIndex(where: { $0.key.id == id }) else { throw .unknownKey }
      guard keys[place].key.revoked == nil else { throw .alreadyRevoked }
      keys[place].key.revoked = now
    }
  }

  /// The keys of some organisations, the oldest first, without anything secret.
  public func list(_ scope: OrganizationScope) -> [EmitterKey] {
    keys.withLock { $0.values.map(\.key) }
      .filter { scope.contains($0.organization) }
      .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
  }

  /// The key that this text is, if it may send records of this kind.
  public func authenticate(
    _ text: some Collection<UInt8>, for kind: RecordKind
  ) throws(EmitterRefusal) -> EmitterKey {
    guard let text = EmitterKeyText(text) else { throw .invalidKey(.malformed) }
    guard let stored = keys.withLock({ $0[text.id] }) else {
      // As much work as for one that is known, so that the time does not tell which are.
      _ = Self.nobody.matches(text)
      throw .invalidKey(.unknown)
    }
    guard stored.matches(text) else { throw .invalidKey(.wrong(id: text.id)) }
    guard stored.key.revoked == nil else { throw .invalidKey(.revoked(id: text.id)) }
    guard stored.key.kinds.contains(kind) else { throw .kindNotAllowed(kind, id: text.id) }
    return stored.key
  }

  /// Reads the file anew. One that is damaged changes nothing.
  public func reload() throws(EmitterKeyStoreError) {
    adopt(try locked(.shared) { () throws(EmitterKeyStoreError) in try read() })
  }

  private static let nobody = StoredEmitterKey(
    key: EmitterKey(
      id: "0000000000000000", organization: placeholder, kinds: [], label: label, creator: creator,
      created: UnixTime(milliseconds: 0)),
    salt: Array(repeating: 0, count: 16), digest: Array(repeating: 0, count: 32))
  private static let placeholder = name("nobody", OrganizationID.init)
  private static let label = name("nobody", Identifier.init)
  private static let creator = name("nobody", UserID.init)

  private static func name<Name>(_ text: String, _ make: (String) -> Name?) -> Name {
    guard let name = make(text) else { preconditionFailure("a constant that is no name") }
    return name
  }

  private func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      withUnsafeBytes(of: disk.random().littleEndian) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
  }

  private func adopt(_ list: [StoredEmitterKey]) {
    let table = Dictionary(list.map { ($0.key.id, $0) }, uniquingKeysWith: { first, _ in first })
    keys.withLock { $0 = table }
  }

  private func change(
    _ body: (inout [StoredEmitterKey]) throws(EmitterKeyStoreError) -> Void
  ) throws(EmitterKeyStoreError) {
    try locked(.exclusive) { () throws(EmitterKeyStoreError) in
      var list = try read()
      try body(&list)
      try write(list)
      adopt(list)
    }
  }

  private func locked<Result>(
    _ kind: LockKind, _ body: () throws(EmitterKeyStoreError) -> Result
  ) throws(EmitterKeyStoreError) -> Result {
    let lock = try system { () throws(PersistenceError) in try disk.files.lock(folder, kind) }
    defer { lock.release() }
    return try body()
  }

  private func read() throws(EmitterKeyStoreError) -> [StoredEmitterKey] {
    let bytes = try system { () throws(PersistenceError) -> [UInt8]? in
      guard try disk.files.kind(of: path) != nil else { return [] }
      let file = try disk.files.open(path, .read)
      let count = try file.byteCount()
      guard count <= Self.largestByteCount else { return nil }
      return try file.read(0..<count)
    }
    guard let bytes else { throw .damaged(path, "it is too large") }
    guard !bytes.isEmpty else {
      let exists = try system { () throws(PersistenceError) in try disk.files.kind(of: path) != nil
      }
      if exists { throw .damaged(path, "it is empty") }
      return []
    }
    do throws(EmitterKeyFileError) {
      return try EmitterKeyFile.decode(bytes)
    } catch {
      throw .damaged(path, error.reason)
    }
  }

  private func write(_ list: [StoredEmitterKey]) throws(EmitterKeyStoreError) {
    let bytes = EmitterKeyFile.encode(list)
    // A folder that is full of keys must still be one that can be read.
    guard bytes.count <= Self.largestByteCount else { throw .tooMany }
    let new = path + ".new"
    try system { () throws(PersistenceError) in
      // Left behind by a process that died.
      if try disk.files.kind(of: new) != nil { try disk.files.remove(new) }
      try bytes.withUnsafeBytes { bytes in
        Result { () throws(PersistenceError) in try disk.files.writeFile(bytes, to: new) }
      }.get()
      try disk.files.rename(new, to: path)
      try disk.files.synchronizeFolder(folder)
    }
  }

  private func system<Result>(
    _ body: () throws(PersistenceError) -> Result
  ) throws(EmitterKeyStoreError) -> Result {
    do throws(PersistenceError) {
      return try body()
    } catch {
      throw .disk("\(error)")
    }
  }
}
