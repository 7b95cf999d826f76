internal import Glibc
public import Persistence
internal import Synchronization

/// A disk in memory that keeps apart what was written and what would survive a loss of power, and
/// that fails when it is told to.
///
/// A sync that fails is as bad as on Linux (Rebello et al., "Can Applications Recover from fsync
/// Failures?", ATC 2020): what it should have made durable can still be read, is never written, and
/// the next sync succeeds.
public final class SimulatedDisk: FileSystem {
  /// What the disk is asked to do, in order; each kind can fail.
  public enum Operation: Sendable, Equatable {
    case open, create, look, read, write, truncate, synchronize
    case makeFolder, list, rename, link, remove, removeFolder, synchronizeFolder, lock

    /// Whether the disk may be another one after it.
    var changes: Bool {
      switch self {
      case .open, .look, .read, .list, .lock: false
      case .create, .write, .truncate, .synchronize, .makeFolder, .rename, .link, .remove,
        .removeFolder, .synchronizeFolder:
        true
      }
    }
  }

  /// When and how calls fail.
  public struct Fault: Sendable {
    public enum Kind: Sendable, Equatable {
      /// With this `errno`.
      case error(Int32)
      /// A write writes half and says so; other calls fail with EIO.
      case short
    }

    /// Counted over all calls, from 1.
    public var call: Int
    /// Also all calls after it.
    public var lasts: Bool
    public var kind: Kind

    public init(call: Int, lasts: Bool, kind: Kind) {
      self.call = call
      self.lasts = lasts
      self.kind = kind
    }
  }

  private struct Machine {
    var image: DiskImage
    var fault: Fault?
    var callCount = 0
    var faultCount = 0
    var capacity: Int?
    var locked: Set<String> = []
    var log: [(operation: Operation, path: String)] = []
  }

  private let machine: Mutex<Machine>
  private let observer: Mutex<(@Sendable (DiskImage) -> Void)?> = Mutex(nil)

  /// With an image: the disk of a machine that starts again.
  public init(_ image: DiskImage = DiskImage()) {
    machine = Mutex(Machine(image: image))
  }

  public var image: DiskImage { machine.withLock { $0.image } }
  public var callCount: Int { machine.withLock { $0.callCount } }
  /// How many calls were made to fail.
  public var faultCount: Int { machine.withLock { $0.faultCount } }
  public var log: [(operation: Operation, path: String)] { machine.withLock { $0.log } }

  /// Calls count from here on.
  public func fail(_ fault: Fault?) {
    machine.withLock {
      $0.fault = fault
      $0.callCount = 0
      $0.faultCount = 0
    }
  }

  /// Writes past this many bytes in all files together are short, then fail with ENOSPC.
  public func limit(to byteCount: Int?) {
    machine.withLock { $0.capacity = byteCount }
  }

  /// Called before each operation that changes something, with the disk as it is by then.
  public func observe(_ body: (@Sendable (DiskImage) -> Void)?) {
    observer.withLock { $0 = body }
  }

  // MARK: - Files as a test sees them

  public func bytes(_ path: String) -> [UInt8]? {
    machine.withLock { $0.image.file(path)?.content }
  }

  /// As if it had always been there.
  public func put(_ bytes: [UInt8]?, _ path: String) {
    machine.withLock { $0.image.put(bytes, path) }
  }

  public var paths: [String] { machine.withLock { $0.image.paths } }

  // MARK: - FileSystem

  fileprivate func perform<Result>(
    _ operation: Operation, _ path: String, _ words: String,
    _ body: (inout DiskImage, _ isShort: Bool, _ capacity: Int?) throws(Refusal) -> Result
  ) throws(PersistenceError) -> Result {
    if operation.changes, let observer = observer.withLock({ $0 }) { observer(image) }
    // The closure of a mutex forgets the type of its error.
    let outcome: Swift.Result<Result, Refusal> = machine.withLock { machine in
      machine.callCount += 1
      machine.log.append((operation, path))
      var isShort = false
      if let fault = machine.fault,
        machine.callCount == fault.call || fault.lasts && machine.callCount > fault.call
      {
        machine.faultCount += 1
        switch fault.kind {
        case .error(let code):
          if operation == .synchronize { machine.image.forgetUnsynced(path) }
          return .failure(Refusal(code: code))
        case .short where operation == .write && machine.faultCount == 1: isShort = true
        case .short: return .failure(Refusal(code: operation == .write ? ENOSPC : EIO))
        }
      }
      do throws(Refusal) {
        return .success(try body(&machine.image, isShort, machine.capacity))
      } catch {
        return .failure(error)
      }
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let refusal):
      throw .system(FileError(path: path, operation: words, code: refusal.code))
    }
  }

  public func open(_ path: String, _ mode: FileMode) throws(PersistenceError) -> any File {
    let number =
      switch mode {
      case .create:
        try perform(.create, path, "create") { image, _, _ throws(Refusal) in
          try image.create(path)
        }
      case .read, .change:
        try perform(.open, path, "open") { image, _, _ throws(Refusal) in try image.number(path) }
      }
    return SimulatedFile(path: path, number: number, disk: self)
  }

  public func kind(of path: String) throws(PersistenceError) -> FileKind? {
    try perform(.look, path, "look at") { image, _, _ throws(Refusal) in image.kind(path) }
  }

  public func makeFolder(_ path: String) throws(PersistenceError) {
    try perform(.makeFolder, path, "create") { image, _, _ throws(Refusal) in
      try image.makeFolder(path)
    }
  }

  public func names(in folder: String) throws(PersistenceError) -> [String] {
    try perform(.list, folder, "list") { image, _, _ throws(Refusal) in try image.names(folder) }
  }

  public func rename(_ path: String, to target: String) throws(PersistenceError) {
    try perform(.rename, path, "rename") { image, _, _ throws(Refusal) in
      try image.rename(path, target)
    }
  }

  public func link(_ path: String, to target: String) throws(PersistenceError) {
    try perform(.link, path, "link") { image, _, _ throws(Refusal) in try image.link(path, target) }
  }

  public func remove(_ path: String) throws(PersistenceError) {
    try perform(.remove, path, "remove") { image, _, _ throws(Refusal) in try image.remove(path) }
  }

  public func removeFolder(_ path: String) throws(PersistenceError) {
    try perform(.removeFolder, path, "remove") { image, _, _ throws(Refusal) in
      try image.remove(path)
    }
  }

  public func synchronizeFolder(_ path: String) throws(PersistenceError) {
    try perform(.synchronizeFolder, path, "sync") { image, _, _ throws(Refusal) in
      try image.synchronizeFolder(path)
    }
  }

  public func lock(
    _ folder: String, _ kind: LockKind
  ) throws(PersistenceError) -> any FolderLock {
    try perform(.lock, folder, "lock") { image, _, _ throws(Refusal) in
      guard image.kind(folder) == .folder else { throw Refusal(code: ENOENT) }
    }
    // Nobody ever waits here: a test that would is wrong.
    let isFree = machine.withLock { $0.locked.insert(folder).inserted }
    guard isFree else { throw .inUse(path: folder) }
    return SimulatedLock(folder: folder, disk: self)
  }

  fileprivate func unlock(_ folder: String) {
    machine.withLock { _ = $0.locked.remove(folder) }
  }
}

/// The `errno` of a call that is refused.
struct Refusal: Error {
  var code: Int32
}

private final class SimulatedFile: File {
  let path: String
  private let number: Int
  private let disk: SimulatedDisk

  init(path: String, number: Int, disk: SimulatedDisk) {
    self.path = path
    self.number = number
    self.disk = disk
  }

  func byteCount() throws(PersistenceError) -> Int {
    try disk.perform(.look, path, "look at") { image, _, _ throws(Refusal) in
      image.content(number).count
    }
  }

  func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(PersistenceError) -> Int {
    try disk.perform(.read, path, "read") { image, _, _ throws(Refusal) in
      let content = image.content(number)
      guard offset < content.count else { return 0 }
      let end = min(content.count, offset + target.count)
      target.copyBytes(from: content[offset..<end])
      return end - offset
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(PersistenceError) -> Int {
    try disk.perform(.write, path, "write") { image, isShort, capacity throws(Refusal) in
      var count = isShort ? bytes.count / 2 : bytes.count
      if let capacity {
        let added = max(0, offset + count - image.content(number).count)
        count -= max(0, added - max(0, capacity - image.byteCount))
        guard count > 0 else { throw Refusal(code: ENOSPC) }
      }
      image.write(Array(bytes[..<count]), number, at: offset)
      return count
    }
  }

  func truncate(to byteCount: Int) throws(PersistenceError) {
    try disk.perform(.truncate, path, "shorten") { image, _, _ throws(Refusal) in
      image.truncate(number, to: byteCount)
    }
  }

  func synchronize() throws(PersistenceError) {
    try disk.perform(.synchronize, path, "sync") { image, _, _ throws(Refusal) in
      image.synchronize(number)
    }
  }
}

private final class SimulatedLock: FolderLock {
  private let folder: String
  private let disk: SimulatedDisk
  private let isHeld = Mutex(true)

  init(folder: String, disk: SimulatedDisk) {
    self.folder = folder
    self.disk = disk
  }

  deinit { release() }

  func release() {
    let wasHeld = isHeld.withLock { held in
      defer { held = false }
      return held
    }
    if wasHeld { disk.unlock(folder) }
  }
}
