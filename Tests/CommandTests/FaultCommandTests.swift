import Foundation
import Glibc
import Testing

/// Real faults, made from outside the process: calls that fail, limits, full file systems, signals.
@Suite struct `A command on a disk that fails` {
  private let folder: TemporaryFolder
  private let data: [String]

  init() throws {
    folder = try TemporaryFolder()
    data = ["--data", folder.path + "/data"]
    let made = try Command(["query", "CREATE TABLE t (a bigint); INSERT INTO t VALUES (0)"] + data)
    try #require(made.status == 0, "\(made.errors)")
  }

  private func count(_ data: [String]? = nil) throws -> Int? {
    let command = try Command(
      ["query", "--format", "csv", "SELECT count(*) FROM t"] + (data ?? self.data))
    #expect(command.status == 0, "\(command.errors)")
    return Int(command.output.split(separator: "\n").last ?? "")
  }

  // MARK: - Calls that fail

  /// `Tests/FaultInjection/fault.c`, compiled.
  private func shim() throws -> String {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<2 { root.deleteLastPathComponent() }
    let target = folder.path + "/fault.so"
    let folders =
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
      + ["/usr/bin", "/opt/swift/usr/bin"]
    let clang = try #require(
      folders.map { $0 + "/clang" }.first { access($0, X_OK) == 0 },
      "there is no clang: it comes with Swift")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: clang)
    process.arguments = [
      "-shared", "-fPIC", "-O1", "-Wall", "-Werror",
      root.appendingPathComponent("FaultInjection/fault.c").path, "-o", target, "-ldl",
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return target
  }

  private func command(_ arguments: [String], fault: String, _ shim: String) throws -> Command {
    try Command(
      arguments,
      environment: ["LD_PRELOAD=\(shim)", "FAULT=\(fault)", "FAULT_FOLDER=\(folder.path)/data"])
  }

  /// Rows of statements that each were acknowledged or not, and what the command said of them.
  @Test(arguments: ["sync", "write", "short", "rename", "open", "crash"])
  func `keeps what was acknowledged, whichever call fails`(kind: String) throws {
    let shim = try shim()
    let sql = "INSERT INTO t VALUES (1); SELECT 'first'; INSERT INTO t VALUES (2); SELECT 'second'"
    var failures = 0
    for call in 1...40 {
      let before = try #require(try count())
      let command = try command(["query"] + [sql] + data, fault: "\(kind):\(call)", shim)
      let acknowledged =
        command.output.contains("second") ? 2 : command.output.contains("first") ? 1 : 0
      let after = try #require(try count())
      // One more may be there: whether the change that failed was kept is open.
      #expect(
        (acknowledged...min(2, acknowledged + 1)).contains(after - before),
        "\(kind):\(call): \(acknowledged) acknowledged, \(after - before) there; \(command.errors)")
      if command.status == 0 {
        #expect(acknowledged == 2)
        // Half a write is written on; and closing may have failed where all was kept.
        if kind == "short" ? call > 12 : failures > 0 { break }
      } else {
        failures += 1
        #expect(command.status == (kind == "crash" ? 137 : 1), "\(command.errors)")
        #expect(kind == "crash" || command.errors.hasPrefix("error: "), "\(command.errors)")
        #expect(kind == "crash" || command.errors.contains("hint: "), "\(command.errors)")
      }
    }
    #expect(failures > 0 || kind == "short")
  }

  @Test func `answers queries after a sync has failed, and takes no change until it is restarted`()
    throws
  {
    let shim = try shim()
    // The second sync is that of the first record: the first is the new file's.
    for call in 2...9 {
      let before = try #require(try count())
      let script = """
        INSERT INTO t VALUES (1);
        INSERT INTO t VALUES (2);
        SELECT count(*) AS n FROM t;

        """
      let shell = try Command(
        ["repl", "--format", "csv"] + data, input: script,
        environment: [
          "LD_PRELOAD=\(shim)", "FAULT=sync:\(call)", "FAULT_FOLDER=\(folder.path)/data",
        ])
      let shown = Int(shell.output.split(separator: "\n").last ?? "")
      #expect(shown == before || shown == before + 1 || shown == before + 2, "\(shell.output)")
      let refusals = shell.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
      guard let first = refusals.first else { continue }
      #expect(first.contains("cannot sync") && first.contains("Input/output error"), "\(first)")
      #expect(shell.status == 1)
      // The one after it is refused as well, though the disk is well again.
      if shown == before { #expect(refusals.count == 2, "\(shell.errors)") }
      #expect(shell.errors.contains("hint: "), "\(shell.errors)")
    }
    #expect(try Command(["query", "INSERT INTO t VALUES (9)"] + data).status == 0)
  }

  @Test func `is refused where a file cannot be read, and nothing is changed`() throws {
    let shim = try shim()
    #expect(try Command(["query", "CHECKPOINT"] + data).status == 0)
    var refusals = 0
    for call in 1...30 {
      let command = try command(
        ["query", "--format", "csv", "SELECT count(*) FROM t"] + data, fault: "read:\(call)", shim)
      if command.status == 0 {
        #expect(command.output == "count\n1\n")
        break
      }
      refusals += 1
      #expect(command.status == 1)
      #expect(command.errors.contains(folder.path + "/data/"), "\(command.errors)")
      #expect(command.errors.contains("Input/output error"), "\(command.errors)")
    }
    #expect(refusals > 3)
    #expect(try count() == 1)
  }

  // MARK: - No room

  @Test func `by a limit on the size of files is told so, and goes on without it`() throws {
    let rows = "INSERT INTO t SELECT n * 7919 % 1000003 FROM generate_series(1, 900) AS s(n)"
    let script =
      Array(repeating: rows + ";", count: 60).joined(separator: "\n")
      + "\nSELECT count(*) AS n FROM t;\n"
    let limited = try Command(
      ["repl", "--format", "csv"] + data, input: script,
      through: ["/bin/sh", "-c", "ulimit -f 64; exec \"$0\" \"$@\""])
    #expect(limited.status == 1, "\(limited.errors)")
    #expect(limited.errors.contains("File too large"), "\(limited.errors)")
    #expect(limited.errors.contains("hint: "))
    let shown = try #require(Int(limited.output.split(separator: "\n").last ?? ""))
    #expect(shown > 1 && shown % 900 == 1)
    // Without the limit: all that was acknowledged, and it takes more.
    let kept = try #require(try count())
    #expect(kept == shown || kept == shown + 900)
    #expect(try Command(["query", rows] + data).status == 0)
    #expect(try count() == kept + 900)
  }

  @Test(.enabled(if: geteuid() == 0, "only root may mount a file system of its own"))
  func `that is full answers, and takes changes again once there is room and it was restarted`()
    throws
  {
    let disk = folder.path + "/disk"
    try #require(mkdir(disk, 0o777) == 0)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=256k") == 0 else {
      // Root of a container without the right to mount.
      print("not run: mount: \(String(cString: strerror(errno)))")
      return
    }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let data = ["--data", disk + "/data"]
    #expect(try Command(["query", "CREATE TABLE t (a bigint)"] + data).status == 0)
    let terminal = try PseudoTerminal(["repl", "--format", "csv"] + data)
    #expect(terminal.waits(for: "daybook> "))
    var kept = 0
    var isFull = false
    for number in 0..<200 where !isFull {
      terminal.type(
        "INSERT INTO t SELECT n * 7919 % 1000003 FROM generate_series(1, 900) AS s(n);"
          + " SELECT 'done' || \(number);\n")
      try #require(terminal.waits(for: "done\(number)"))
      isFull = terminal.text.contains("No space left on device")
      if !isFull { kept += 900 }
    }
    #expect(isFull && kept > 0)
    #expect(terminal.text.contains("hint: "))
    // Reads go on; room alone does not make it take changes again.
    try #require(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=2m") == 0)
    terminal.type("SELECT 'rows' || count(*) FROM t;\n")
    #expect(terminal.waits(for: "rows\(kept)"))
    terminal.type("INSERT INTO t VALUES (1); SELECT 'still' || 'refused';\n")
    #expect(terminal.waits(for: "stillrefused"))
    terminal.type("SELECT 'again' || count(*) FROM t;\n")
    #expect(terminal.waits(for: "again\(kept)"))
    terminal.type("\\q\n")
    #expect(terminal.status() == 1)
    // A new start does.
    let found = try #require(try count(data))
    #expect(found == kept || found == kept + 900)
    #expect(try Command(["query", "INSERT INTO t VALUES (1)"] + data).status == 0)
    #expect(try count(data) == found + 1)
  }

  @Test(.enabled(if: geteuid() == 0, "only root may mount a file system of its own"))
  func `that has no room for a large load leaves the table as it was`() throws {
    let disk = folder.path + "/disk"
    try #require(mkdir(disk, 0o777) == 0)
    guard mount("tmpfs", disk, "tmpfs", 0, "size=2m") == 0 else {
      print("not run: mount: \(String(cString: strerror(errno)))")
      return
    }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    let data = ["--data", disk + "/data"]
    #expect(try Command(["query", "CREATE TABLE t (a bigint)"] + data).status == 0)
    var text = "a\n"
    for number in 0..<1_500_000 { text += "\((number &* 2_654_435_761) % 1_000_000_007)\n" }
    let file = try folder.write("big.csv", text)
    let refused = try Command(["load", file, "--into", "t"] + data)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("No space left on device"), "\(refused.errors)")
    #expect(refused.errors.contains("hint: "), "\(refused.errors)")
    #expect(try count(data) == 0)
    try #require(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=64m") == 0)
    #expect(try Command(["load", file, "--into", "t"] + data).status == 0)
    #expect(try count(data) == 1_500_000)
  }

  // MARK: - Signals

  private static let endless = "SELECT count(*) FROM generate_series(1, 9223372036854775807)"

  @Test(arguments: [SIGTERM, SIGHUP, SIGKILL])
  func `that is ended has all that was acknowledged`(signal: Int32) throws {
    let terminal = try PseudoTerminal(
      ["query", "--format", "csv"] + data
        + ["INSERT INTO t VALUES (1), (2); SELECT 'be' || 'gun' AS word; \(Self.endless)"])
    #expect(terminal.waits(for: "begun"))
    terminal.send(signal)
    #expect(terminal.status() == -signal)
    #expect(try count() == 3)
    #expect(try Command(["query", "INSERT INTO t VALUES (4)"] + data).status == 0)
  }

  @Test func `that is stopped for a while goes on, and holds off others meanwhile`() throws {
    let terminal = try PseudoTerminal(["repl", "--format", "csv"] + data)
    #expect(terminal.waits(for: "daybook> "))
    terminal.type("INSERT INTO t VALUES (1); SELECT 'one' || 1;\n")
    #expect(terminal.waits(for: "one1"))
    terminal.send(SIGSTOP)
    // It has the folder for changes, and keeps it.
    let other = try Command(["query", "INSERT INTO t VALUES (7)"] + data)
    #expect(other.status == 1)
    #expect(other.errors.contains("is in use by process "), "\(other.errors)")
    terminal.type("INSERT INTO t VALUES (2); SELECT 'two' || 2;\n")
    terminal.send(SIGCONT)
    #expect(terminal.waits(for: "two2"))
    terminal.type("\\q\n")
    #expect(terminal.status() == 0)
    #expect(try count() == 3)
  }
}
