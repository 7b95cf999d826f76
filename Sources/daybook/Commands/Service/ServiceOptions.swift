import ArgumentParser
import Persistence
import ServiceSetup

/// The configuration of the service, for all commands that read it.
struct ServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Folder of the tables (data).", valueName: "folder"),
    completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp("File of settings, in JSON.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Any setting, as name=value; `daybook config list` shows them. May be repeated.",
      valueName: "setting"))
  var settings: [String] = []

  private static let largestFileByteCount = 256 * 1024

  /// `flags` are those of the command itself.
  func configuration(_ flags: [(name: String, value: String)] = []) throws -> ServiceConfiguration {
    var flags = flags
    if let data { flags.append(("data", data)) }
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw CommandFailure(
          "--set is '\(parts[0])', which is not name=value",
          hint: "--set http.idle_seconds=30")
      }
      flags.append((String(parts[0]), String(parts[1])))
    }
    let file = try config.map { (name: $0, bytes: try Self.read($0)) }
    do {
      return try ServiceConfiguration(
        file: file, environment: ProcessEnvironment.variables, flags: flags)
    } catch {
      throw CommandFailure(
        rendered: error.list.map { "error: \($0)" }.joined(separator: "\n")
          + "\nhint: `daybook config list` says what there is to set")
    }
  }

  /// Where the configuration says that the tables are.
  static func dataOptions(_ configuration: ServiceConfiguration) throws -> DataOptions {
    var options = try DataOptions.parse([])
    options.data = configuration.text("data")
    if let mode = configuration.text("journal.durability").flatMap({ Durability(rawValue: $0) }) {
      options.durability = mode
    }
    return options
  }

  static func read(_ path: String) throws -> [UInt8] {
    try SmallFile.read(path, largestByteCount: largestFileByteCount)
  }
}
