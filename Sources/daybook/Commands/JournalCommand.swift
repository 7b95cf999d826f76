import ArgumentParser
@preconcurrency import Glibc
import Persistence

/// Looking at a journal and saving what can be saved of it; neither changes it.
struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Look into the journal of changes, or copy what is whole of a damaged one.",
    subcommands: [JournalInspectCommand.self, JournalSalvageCommand.self])
}

struct JournalInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is whole in a journal, and where something is wrong.",
    discussion: """
      Reads every record and changes nothing. The exit code is 1 where something is wrong. While a \
      server writes to the journal, its last record may show as cut off.

      Examples:
        daybook journal inspect daybook-data
        daybook journal inspect daybook-data/journal/00000007.journal
      """)

  @Argument(help: "A data folder, its folder 'journal', or one file of that.")
  var path: String

  func run() throws {
    let inspection = try JournalFailure.translated { () throws(PersistenceError) in
      try JournalInspection(of: JournalPath.of(path))
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(JournalText.text(inspection))
    try output.flush()
    if inspection.refusal != nil || inspection.files.contains(where: { $0.problem != nil }) {
      throw ExitCode.failure
    }
  }
}

struct JournalSalvageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Copy what is whole of a damaged journal into a new one.",
    discussion: """
      The damaged journal is only read. Copies up to the first damage, since a change may count on \
      those before it; --past-damage copies whole records behind it too.

      Example:
        daybook journal salvage daybook-data/journal --to saved-journal
      """)

  @Argument(help: "A data folder, its folder 'journal', or one file of that.")
  var path: String

  @Option(
    help: ArgumentHelp("Folder for the new journal; new or empty.", valueName: "folder"),
    completion: .directory)
  var to: String

  @Flag(help: "Also copy whole records behind the first damage.")
  var pastDamage = false

  func run() throws {
    let report = try JournalFailure.translated { () throws(PersistenceError) in
      try JournalSalvage.copy(JournalPath.of(path), to: to, pastDamage: pastDamage)
    }
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(JournalText.text(report, folder: to))
    try output.flush()
  }
}

private enum JournalPath {
  /// The journal of a data folder, and that of a mark, which messages name; other paths as they are.
  static func of(_ path: String) -> String {
    if path.hasSuffix("/mark") { return String(path.dropLast("/mark".count)) }
    let inside = path + "/journal"
    return access(inside, F_OK) == 0 ? inside : path
  }
}

private enum JournalFailure {
  static func translated<Result>(
    _ body: () throws(PersistenceError) -> Result
  ) throws(CommandFailure) -> Result {
    do throws(PersistenceError) {
      return try body()
    } catch {
      if case .noData(let path) = error {
        throw CommandFailure(
          "there is no journal at '\(path)'", hint: "it is the folder 'journal' in the data folder")
      }
      throw CommandFailure("\(error)", hint: error.hint)
    }
  }
}

/// What the commands tell of a journal.
enum JournalText {
  static func text(_ inspection: JournalInspection) -> String {
    var text = ""
    for file in inspection.files {
      text += "\(file.path): \(Readable.bytes(file.byteCount)), "
      text += Readable.count(file.recordCount, "record")
      if let positions = file.positions {
        text +=
          positions.count == 1
          ? " (\(positions.lowerBound))" : " (\(positions.lowerBound) to \(positions.upperBound))"
        text += " of \(Readable.bytes(file.plainByteCount)) uncompressed"
      }
      text += "\n"
      if let problem = file.problem {
        text += "  byte \(problem.offset): \(problem.reason)"
        text += "; \(Readable.count(problem.laterRecordCount, "whole record")) behind it\n"
      }
    }
    if let mark = inspection.mark {
      text += "on disk for certain: record \(mark.position), "
      text += "byte \(mark.byteCount) of file \(mark.fileNumber)\n"
    }
    if let refusal = inspection.refusal {
      text += "it is refused: \(refusal)\n"
      if let hint = refusal.hint { text += "hint: \(hint)\n" }
    } else if let tail = inspection.tail {
      text += "opening it cuts off \(Readable.bytes(tail.byteCount)) from byte \(tail.offset) on, "
      text += "the rest of an interrupted write\n"
    }
    return text
  }

  static func text(_ report: JournalSalvage.Report, folder: String) -> String {
    var text = "copied \(Readable.count(report.recordCount, "record"))"
    if report.recordCount > 0 { text += ", from \(report.firstPosition) on," }
    text += " to \(folder)\n"
    for gap in report.gaps {
      text += "left out: \(gap.file), byte \(gap.offset): \(gap.reason)"
      if gap.byteCount > 0 { text += " (\(Readable.bytes(gap.byteCount)))" }
      text += "\n"
    }
    if report.laterRecordCount > 0 {
      text += "\(Readable.count(report.laterRecordCount, "whole record")) behind the damage "
      text += "left out; --past-damage copies them too\n"
    }
    return text
  }
}
