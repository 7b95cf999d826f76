import ArgumentParser
import Glibc
import ServiceSetup

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show the settings of the service.",
    subcommands: [ConfigShowCommand.self, ConfigListCommand.self])
}

struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what is in force and where each value comes from; secrets are masked.")

  @OptionGroup var options: ServiceOptions

  func run() throws {
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(try options.configuration().description + "\n")
    try output.flush()
  }
}

struct ConfigListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all settings: what each may be, and its default.")

  func run() throws {
    var output = ByteOutput(STDOUT_FILENO)
    for setting in Setting.all {
      try output.write(
        """
        \(setting.key)
            \(setting.about)
            \(setting.allowed); \(setting.fallback.map { "default \($0)" } ?? "no default")
            \(setting.variable)\(setting.flag.map { ", \($0)" } ?? "")

        """)
    }
    try output.flush()
  }
}
