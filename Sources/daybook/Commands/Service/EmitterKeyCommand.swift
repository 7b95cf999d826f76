import AccessControl
import ArgumentParser
import Authentication
import Engine
@preconcurrency import Glibc
import HTTPServer
import Persistence
import Platform

/// The keys of those who send records.
struct EmitterKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emitter-key",
    abstract: "Make, list and revoke the keys of those who send records.",
    discussion: """
      While `daybook serve` runs on the folder, it alone changes them: POST and DELETE /api/admin/emitter-keys.
      """,
    subcommands: [
      EmitterKeyCreateCommand.self, EmitterKeyListCommand.self, EmitterKeyRevokeCommand.self,
    ])
}

struct EmitterKeyCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a key, and show it this once.",
    discussion: """
      The key goes to standard output, and nothing else does.

      Examples:
        daybook emitter-key create --organization acme --kind event --kind session \\
          --label web
      """)

  @OptionGroup var options: ServiceOptions

  @Option(help: ArgumentHelp("The organisation whose records it sends.", valueName: "name"))
  var organization: String

  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp(
      "\(RecordKind.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
      valueName: "kind"))
  var kinds: [String]

  @Option(help: ArgumentHelp("What it is for.", valueName: "words"))
  var label: String

  func run() throws {
    guard let organization = OrganizationID(organization) else {
      throw CommandFailure("--organization must be \(Identifier.allowed)")
    }
    guard let label = Identifier(label) else {
      throw CommandFailure("--label must be \(Identifier.allowed)")
    }
    let known = try kinds.map { name in
      guard let kind = RecordKind(rawValue: name) else {
        throw CommandFailure(
          "there is no kind '\(name)' of records",
          hint: "one of \(RecordKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return kind
    }
    let made = try EmitterKeys.change(options, "emitter-key create") { _, administration, now in
      try administration.createKey(
        for: organization, kinds: Set(known), label: label, by: .commandLine, at: now)
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(made.text.expose() + [10])
    try output.flush()
    StandardError.write("key \(made.key.id); this is the only time that it is shown\n")
  }
}

struct EmitterKeyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys, without their secrets.")

  @OptionGroup var options: ServiceOptions

  func run() throws {
    var lines = [["id", "organization", "kinds", "created", "revoked", "label"]]
    for key in try EmitterKeys.open(options)?.list(.all) ?? [] {
      lines.append([
        key.id, key.organization.text, key.kinds.map(\.rawValue).sorted().joined(separator: ","),
        ISOTime.text(key.created), key.revoked.map(ISOTime.text) ?? "-", key.label.text,
      ])
    }
    let widths = lines[0].indices.map { place in
      lines.map { DisplayWidth.of($0[place]) }.max() ?? 0
    }
    // Columns stand below their headings; nothing follows the last one.
    let text = lines.map { cells in
      cells.enumerated().map { place, cell in
        place == cells.count - 1
          ? cell : cell + String(repeating: " ", count: widths[place] - DisplayWidth.of(cell))
      }.joined(separator: "  ") + "\n"
    }.joined()
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(Array(text.utf8))
    try output.flush()
  }
}

struct EmitterKeyRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Revoke a key: what it sends from here on is refused.")

  @OptionGroup var options: ServiceOptions

  @Argument(help: ArgumentHelp("The key's name: 16 hexadecimal digits.", valueName: "id"))
  var id: String

  func run() throws {
    try EmitterKeys.change(options, "emitter-key revoke") { _, administration, now in
      try administration.revokeKey(id, within: .all, by: .commandLine, at: now)
    }
    StandardError.write("revoked \(id)\n")
  }
}

/// The keys of a data folder.
enum EmitterKeys {
  static func folder(of data: String) -> String { data + "/emitter-keys" }

  /// `nil` where the folder has none yet, unless `isMade`.
  static func open(_ data: String, isMade: Bool) throws -> EmitterKeyStore? {
    let disk = DiskEnvironment.real
    let folder = folder(of: data)
    do {
      if try disk.files.kind(of: folder) == nil {
        guard isMade else { return nil }
        try disk.files.makeFolder(folder)
      }
      return try EmitterKeyStore(folder: folder, disk: disk)
    } catch let error as EmitterKeyStoreError {
      throw CommandFailure("\(error)")
    } catch let error as PersistenceError {
      throw DataOptions.failure(error)
    }
  }

  static func open(_ options: ServiceOptions) throws -> EmitterKeyStore? {
    try open(try ServiceOptions.dataOptions(options.configuration()).folder, isMade: false)
  }

  /// Changes the keys with the folder locked, so that it is on the record. A folder that was never
  /// served gets its tables, as the service would make them with this configuration.
  static func change<Value>(
    _ options: ServiceOptions, _ command: String,
    _ body: (Engine, Administration, UnixTime) throws -> Value
  ) throws -> Value {
    let configuration = try options.configuration()
    let data = try ServiceOptions.dataOptions(configuration)
    let database = try data.openForChanges(command)
    let outcome = Result { () -> Value in
      let environment = ServiceEnvironment.real
      let engine = Engine(store: database.store)
      let now = environment.now()
      do {
        _ = try BuiltInTables.bringUpToDate(engine, configuration, by: .commandLine)
        let administration = Administration(
          engine, allowlist: SuperadminAllowlist(),
          emitterKeys: try open(data.folder, isMade: true), now: environment.now,
          random: environment.random)
        return try body(engine, administration, now)
      } catch let error as EmitterKeyStoreError {
        throw CommandFailure(
          "\(error)",
          hint: error == .unknownKey ? "`daybook emitter-key list` shows those that there are" : nil
        )
      } catch let error as AuditLogError {
        throw CommandFailure("\(error)")
      }
    }
    return try database.close(after: outcome)
  }
}
