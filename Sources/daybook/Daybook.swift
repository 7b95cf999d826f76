import ArgumentParser
@preconcurrency import Glibc
import QueryLanguage

/// The command, with everything that turns an outcome into an exit code: 0; 1 for errors; 64 where
/// the command itself was not understood.
@main struct Daybook {
  static func main() {
    // A reader that goes away (`| head`) shows as an error of `write`, and ends us without a word.
    signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files shows as an error too, rather than end us.
    signal(SIGXFSZ, SIG_IGN)
    do {
      if let word = CommandLine.arguments.dropFirst().first, !DaybookCommand.knows(word) {
        throw DaybookCommand.unknown(word)
      }
      var command = try DaybookCommand.parseAsRoot(
        CommandLine.arguments.dropFirst().map(\.withoutLeadingComment))
      try command.run()
    } catch let failure as CommandFailure {
      StandardError.write(failure.description + "\n")
      exit(failure.exitCode)
    } catch OutputError.closed {
      exit(EXIT_SUCCESS)
    } catch OutputError.failed(let code) {
      StandardError.write("error: cannot write the answer: \(String(cString: strerror(code)))\n")
      exit(EXIT_FAILURE)
    } catch {
      DaybookCommand.exit(withError: error)
    }
  }
}

extension String {
  /// SQL may begin with a comment, which looks like an option: with a space in front it does not. No
  /// option has a space in its name.
  fileprivate var withoutLeadingComment: String {
    guard hasPrefix("--"), prefix(while: { $0 != "=" }).contains(where: \.isWhitespace) else {
      return self
    }
    return " " + self
  }
}

struct DaybookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daybook",
    abstract: "Ask what the users of an AI platform do: files in, SQL out.",
    discussion: """
      Examples:
        daybook load events.csv.gz --into events
        daybook query "SELECT ts::date, count(*) FROM events GROUP BY 1"
        daybook query --load visits.ndjson "SELECT count(*) FROM visits"
        daybook overview

      Without a command, the shell opens.
      """,
    version: daybookVersion,
    subcommands: [
      LoadCommand.self, QueryCommand.self, ShellCommand.self, OverviewCommand.self,
      GenerateCommand.self, JournalCommand.self, SnapshotCommand.self, RetentionCommand.self,
      MetricsCommand.self, EraseUserCommand.self, ServeCommand.self, TokenCommand.self,
      EmitterKeyCommand.self, DeadLettersCommand.self, PricesCommand.self, ConfigCommand.self,
      JobsCommand.self,
    ],
    defaultSubcommand: ShellCommand.self)
}

extension DaybookCommand {
  private static let names = configuration.subcommands.compactMap {
    $0.configuration.commandName
  }

  /// Whether a first word is a command, or none at all. Asked before it is parsed: the shell is what runs where no
  /// command is named, and its usage would be shown with the message.
  fileprivate static func knows(_ word: String) -> Bool {
    word.isEmpty || word.hasPrefix("-") || word == "help" || names.contains(word)
  }

  static func unknown(_ word: String) -> CommandFailure {
    let (message, hint) =
      word.contains(" ")
      ? ("SQL goes to a command", "daybook query \"\(word)\"")
      : (
        "there is no command '\(word)'",
        CommandFailure.nearest(to: word, among: names, or: "daybook --help lists the commands")
      )
    return CommandFailure(rendered: "error: \(message)\nhint: \(hint)", exitCode: EX_USAGE)
  }
}

package let daybookVersion = "0.1.0"

/// Why a command was given up, as it is told to the user.
struct CommandFailure: Error, CustomStringConvertible {
  /// Complete lines, the last one without its line break.
  let description: String
  var exitCode = EXIT_FAILURE
  /// Whether another process has the folder of the tables.
  var isFolderInUse = false

  init(_ message: String, hint: String? = nil) {
    description = "error: \(message)" + (hint.map { "\nhint: \($0)" } ?? "")
  }

  /// Text that says already what it is.
  init(rendered description: String, exitCode: Int32 = EXIT_FAILURE) {
    self.description = description
    self.exitCode = exitCode
  }

  /// What somebody may have meant, where a name is close; otherwise what to do.
  static func nearest(
    to name: String, among names: some Sequence<String>, or otherwise: String
  ) -> String {
    nearestName(to: name, among: names).map { "did you mean '\($0)'? \(otherwise)" } ?? otherwise
  }

  /// Whether ^C is the reason.
  var isInterrupt: Bool { exitCode == Interrupt.exitCode }
}
