import DiskTesting
import Glibc
import Persistence
import Testing

/// Both disks keep the same promises where nothing fails.
@Suite struct `A file system` {
  private func withBoth(_ body: (any FileSystem, String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(RealFileSystem(), folder.path)
    try body(SimulatedDisk(), "")
  }

  private func write(_ text: String, _ file: any File, at offset: Int = 0) throws {
    #expect(
      try Array(text.utf8).withUnsafeBytes { try file.write($0, at: offset) } == text.utf8.count)
  }

  private func read(_ file: any File) throws -> String {
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  @Test func `writes, reads, renames, links and removes`() throws {
    try withBoth { disk, root in
      try disk.makeFolder(root + "/a")
      let file = try disk.open(root + "/a/one", .create)
      try write("hello world", file)
      try file.truncate(to: 5)
      try file.synchronize()
      #expect(try file.byteCount() == 5)
      try disk.link(root + "/a/one", to: root + "/a/two")
      try disk.rename(root + "/a/two", to: root + "/a/three")
      try disk.synchronizeFolder(root + "/a")
      #expect(try disk.names(in: root + "/a").sorted() == ["one", "three"])
      try write("HE", disk.open(root + "/a/three", .change))
      #expect(try read(disk.open(root + "/a/one", .read)) == "HEllo")
      #expect(try disk.kind(of: root + "/a") == .folder)
      #expect(try disk.kind(of: root + "/a/one") == .file)
      #expect(try disk.kind(of: root + "/b") == nil)
      try disk.remove(root + "/a/one")
      try disk.remove(root + "/a/three")
      try disk.removeFolder(root + "/a")
      #expect(try disk.kind(of: root + "/a") == nil)
    }
  }

  @Test func `names path, operation and code of what fails`() throws {
    func expect(_ code: Int32, _ path: String, _ body: () throws -> Void) {
      #expect("\(path) \(code)") {
        try body()
      } throws: { error in
        guard case .system(let failure) = error as? PersistenceError else { return false }
        return failure.code == code && failure.path == path
      }
    }
    try withBoth { disk, root in
      try disk.makeFolder(root + "/a")
      _ = try disk.open(root + "/a/one", .create)
      expect(EEXIST, root + "/a/one") { _ = try disk.open(root + "/a/one", .create) }
      expect(ENOENT, root + "/a/two") { _ = try disk.open(root + "/a/two", .read) }
      expect(ENOTEMPTY, root + "/a") { try disk.removeFolder(root + "/a") }
      expect(EEXIST, root + "/a") { try disk.makeFolder(root + "/a") }
      expect(ENOENT, root + "/b") { _ = try disk.names(in: root + "/b") }
    }
  }

  @Test func `lets one at a time change a folder`() throws {
    try withBoth { disk, root in
      try disk.makeFolder(root + "/a")
      let lock = try disk.lock(root + "/a", .exclusiveAtOnce)
      #expect(throws: PersistenceError.inUse(path: root + "/a")) {
        _ = try disk.lock(root + "/a", .exclusiveAtOnce)
      }
      lock.release()
      try disk.lock(root + "/a", .exclusiveAtOnce).release()
    }
  }

  @Test func `is the only way of the module to a file, a clock or chance`() throws {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let root = "/" + here + "/Sources/Persistence"
    // The only ones that may call the operating system: for files, for clock and chance, for the
    // texts of errors, for threads, for looking for a byte.
    let callers = [
      "RealFileSystem.swift", "DiskEnvironment.swift", "PersistenceError+Description.swift",
      "JournalThread.swift", "FolderSearch.swift",
    ]
    let roads = [
      "import Glibc", "import Foundation", "import Dispatch", "import System", "fopen(", "fsync(",
      "fdatasync(", "pread(", "pwrite(", "unlink(", "mkdir(", "rmdir(", "opendir(", "ftruncate(",
      "flock(", "mmap(", "ContinuousClock", "SystemRandomNumberGenerator", ".random(in",
    ]
    let paths = files(in: root).filter { path in !callers.contains { path.hasSuffix("/" + $0) } }
    #expect(paths.count > 10)
    for path in paths {
      let text = String(decoding: readBytes(path), as: UTF8.self)
      for road in roads {
        #expect(!text.contains(road), "\(path) has \(road)")
      }
    }
  }

  private func files(in folder: String) -> [String] {
    TemporaryFolder.names(folder).flatMap { name in
      let path = folder + "/" + name
      return name.hasSuffix(".swift") ? [path] : files(in: path)
    }
  }
}

@Suite struct `A simulated disk` {
  private func write(_ text: String, _ file: any File) throws {
    _ = try Array(text.utf8).withUnsafeBytes { try file.write($0, at: 0) }
  }

  @Test func `forgets what was not synced`() throws {
    let disk = SimulatedDisk()
    let file = try disk.open("/one", .create)
    try write("first", file)
    try file.synchronize()
    #expect(SimulatedDisk(disk.image.crashed(.nothingUnsynced)).paths == [])
    try disk.synchronizeFolder("/")
    try write("SECOND", file)
    func left(_ outcome: CrashOutcome) -> String? {
      SimulatedDisk(disk.image.crashed(outcome)).bytes("/one").map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(left(.nothingUnsynced) == "first")
    #expect(left(.everything) == "SECOND")
    #expect(left(.lastHalf) == "SECst")
    #expect(left(.zeros) == "first\0")
    #expect(Set((0..<30).map { left(.scattered(seed: $0)) }) == ["first", "SECst", "SECOND"])
  }

  @Test func `loses for ever what a failed sync should have kept`() throws {
    let disk = SimulatedDisk()
    let file = try disk.open("/one", .create)
    try disk.synchronizeFolder("/")
    try write("first", file)
    disk.fail(.init(call: 1, lasts: false, kind: .error(EIO)))
    #expect(throws: PersistenceError.self) { try file.synchronize() }
    try file.synchronize()
    #expect(disk.bytes("/one") == Array("first".utf8))
    #expect(SimulatedDisk(disk.image.crashed(.nothingUnsynced)).bytes("/one") == [])
  }

  @Test func `fills up with a short write first`() throws {
    let disk = SimulatedDisk()
    disk.limit(to: 4)
    let file = try disk.open("/one", .create)
    let bytes = [UInt8](repeating: 7, count: 10)
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: 0) } == 4)
    #expect(throws: PersistenceError.self) {
      try bytes.withUnsafeBytes { _ = try file.write($0, at: 4) }
    }
  }
}
