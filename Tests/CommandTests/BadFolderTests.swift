import ColumnStore
import Foundation
import Glibc
import Persistence
import Testing

/// Data folders as they should not be, and what each command says of them: the file, the byte where
/// that means something, what is safe and what to do. Nothing in them is changed.
@Suite struct `A data folder that is not as it should be` {
  /// Whoever runs the tests, a user to whom permissions mean something; `nil` where there is none.
  private static func wrapper(_ bad: Case) -> [String]? {
    guard bad.isOfNobody, geteuid() == 0 else { return [] }
    let setpriv = "/usr/bin/setpriv"
    guard access(setpriv, X_OK) == 0 else { return nil }
    return [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"]
  }

  /// Every file below a path, with what is in it; the lock's text is nobody's business.
  private func files(_ path: String) -> [String: Data] {
    var found: [String: Data] = [:]
    for name in FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }) ?? []
    where name != "lock" {
      found[name] = FileManager.default.contents(atPath: path + "/" + name)
    }
    return found
  }

  /// A folder with a snapshot, and changes behind it.
  private func data(in folder: TemporaryFolder) throws -> String {
    let data = folder.path + "/data"
    let sql = "CREATE TABLE t (a bigint); INSERT INTO t VALUES (1), (2); CHECKPOINT"
    try #require(try Command(["query", sql, "--data", data]).status == 0)
    try #require(try Command(["query", "INSERT INTO t VALUES (3)", "--data", data]).status == 0)
    return data
  }

  private func run(
    _ arguments: [String], _ data: String, _ folder: TemporaryFolder, through wrapper: [String]
  ) throws -> Command {
    let file = try folder.write("rows.csv", "a\n9\n")
    let target = folder.path + "/target-\(UUID().uuidString)"
    var words = arguments.map {
      switch $0 {
      case "FILE": file
      case "TARGET": target
      case "DATA": data
      default: $0
      }
    }
    if arguments[0] != "journal" { words += ["--data", data] }
    return try Command(words, through: wrapper)
  }

  @Test(arguments: cases)
  func `is refused by those whom it concerns, in words that help, and left as it is`(
    _ bad: Case
  ) throws {
    guard let wrapper = Self.wrapper(bad) else {
      print("not run: there is no setpriv to become nobody with")
      return
    }
    for (name, arguments) in Self.commands {
      let folder = try TemporaryFolder()
      let data = try data(in: folder)
      if !wrapper.isEmpty {
        // All is nobody's, but what the case is about stays as it makes it.
        let all =
          [folder.path, data]
          + (FileManager.default.subpaths(atPath: data) ?? []).map { data + "/" + $0 }
        for path in all { chown(path, 65_534, 65_534) }
      }
      try bad.damage(data)
      let before = files(data)
      let command = try run(arguments, data, folder, through: wrapper)
      let said = command.output + command.errors
      let place = "\(name): exit code \(command.status): \(said)"
      #expect(!said.contains("Fatal error") && !said.contains("Crash"), "\(place)")
      if bad.refusing.contains(name) {
        #expect(command.status == 1, "\(place)")
        for word in bad.words {
          #expect(said.contains(word.replacing("DATA", with: data)), "no '\(word)' in \(place)")
        }
        #expect(said.contains("hint: "), "\(place)")
        if Self.tables.contains(name), !bad.isOfNobody, bad.words[0].contains("/snapshots/") {
          #expect(said.contains("daybook snapshot verify --all --data \(data)"), "\(place)")
        }
        #expect(files(data) == before, "it was changed by \(name)")
      } else if !(["inspect", "salvage"].contains(name) && bad.name == "a file in its place") {
        #expect(command.status == 0, "\(place)")
      }
      if !wrapper.isEmpty {
        chmod(data, 0o755)
        chmod(data + "/journal", 0o755)
      }
    }
  }

  @Test func `is empty for those who read, and begun by those who change`() throws {
    for (name, arguments) in Self.commands {
      let folder = try TemporaryFolder()
      let data = folder.path + "/data"
      mkdir(data, 0o777)
      let command = try run(arguments, data, folder, through: [])
      let said = command.output + command.errors
      if name == "load" || name == "repl" {
        #expect(command.status == 0, "\(name): \(said)")
      } else {
        #expect(command.status == 1, "\(name): \(said)")
        #expect(said.contains(data) && said.contains("hint: "), "\(name): \(said)")
      }
      if name != "load" { #expect(files(data).isEmpty, "\(name) left something") }
    }
  }

  @Test func `is in use for those who need it, with who has it`() throws {
    let folder = try TemporaryFolder()
    let data = try data(in: folder)
    var options = DatabaseOptions()
    options.holder = "process 7 (daybook repl)"
    let database = try Database(data, forChanges: true, options: options)
    for name in ["query", "load"] {
      let arguments = try #require(Self.commands.first { $0.name == name }).arguments
      let command = try run(arguments, data, folder, through: [])
      #expect(command.status == 1)
      #expect(command.errors.contains("\(data) is in use by process 7 (daybook repl)"))
      #expect(command.errors.contains("hint: wait until it has ended"))
    }
    // Snapshots and journals are looked at while somebody writes.
    for name in ["list", "verify", "restore", "inspect", "salvage"] {
      let arguments = try #require(Self.commands.first { $0.name == name }).arguments
      let command = try run(arguments, data, folder, through: [])
      #expect(command.status == 0, "\(name): \(command.output) \(command.errors)")
    }
    try database.close()
  }
}
