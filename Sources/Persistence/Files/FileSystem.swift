/// Every call to the operating system that makes, reads or changes files, so that a test can put a
/// disk in its place which forgets, fails and fills up.
///
/// Paths are as the operating system takes them. Nothing is durable before it was synchronized:
/// bytes by their `File`, names by `synchronizeFolder`.
public protocol FileSystem: Sendable {
  func open(_ path: String, _ mode: FileMode) throws(PersistenceError) -> any File
  /// What has this name; `nil` if nothing has.
  func kind(of path: String) throws(PersistenceError) -> FileKind?
  /// Makes one folder, whose parent exists.
  func makeFolder(_ path: String) throws(PersistenceError)
  /// Names in a folder, in no order.
  func names(in folder: String) throws(PersistenceError) -> [String]
  /// Gives a file or folder another name, in one step; a file that had that name goes.
  func rename(_ path: String, to target: String) throws(PersistenceError)
  /// Gives a file a second name.
  func link(_ path: String, to target: String) throws(PersistenceError)
  func remove(_ path: String) throws(PersistenceError)
  /// Removes a folder that is empty.
  func removeFolder(_ path: String) throws(PersistenceError)
  /// Makes the names in a folder durable.
  func synchronizeFolder(_ path: String) throws(PersistenceError)
  /// Locks a folder until the lock is released or its last owner is gone. The locks of a process
  /// that dies are gone too.
  func lock(_ folder: String, _ kind: LockKind) throws(PersistenceError) -> any FolderLock
}

public enum FileKind: Sendable, Equatable {
  case file, folder, other
}

public enum FileMode: Sendable, Equatable {
  case read
  /// For writing; the file must not exist.
  case create
  /// For reading and writing; the file must exist.
  case change
}

public enum LockKind: Sendable, Equatable {
  /// Waits for those that change the folder.
  case shared
  /// Fails with `PersistenceError.inUse` where it would have to wait.
  case sharedAtOnce
  /// Waits for all others.
  case exclusive
  /// Fails with `PersistenceError.inUse` where it would have to wait.
  case exclusiveAtOnce
}

/// An open file; closed with its last owner.
public protocol File: AnyObject, Sendable {
  var path: String { get }
  func byteCount() throws(PersistenceError) -> Int
  /// One call: fills the front of `target` from `offset` on, and returns how many bytes it gave;
  /// 0 at the end of the file.
  func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(PersistenceError) -> Int
  /// One call: writes the front of `bytes` and returns how many, which may be fewer than all.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(PersistenceError) -> Int
  func truncate(to byteCount: Int) throws(PersistenceError)
  /// Makes the content durable, and the size.
  func synchronize() throws(PersistenceError)
}

public protocol FolderLock: AnyObject, Sendable {
  func release()
}

/// Why a call to the operating system failed.
public struct FileError: Error, Equatable, Sendable {
  public var path: String
  /// As it reads after "cannot".
  public var operation: String
  /// In bytes, for what happens somewhere in a file.
  public var offset: Int?
  /// The `errno`.
  public var code: Int32

  public init(path: String, operation: String, offset: Int? = nil, code: Int32) {
    self.path = path
    self.operation = operation
    self.offset = offset
    self.code = code
  }
}
