/// What the shell itself understands: a line that begins with a backslash, or one of a few words where a
/// statement would begin.
enum MetaCommand: Equatable {
  case quit
  case help
  case tables
  case describe(String)
  /// How the data folder fares.
  case status
  /// `nil` turns it over.
  case timing(Bool?)
  /// `nil` turns it over.
  case receipt(Bool?)
  case format(ResultFormat)
  /// With the reason.
  case unknown(String)

  static let summary = """
    \\d             list the tables
    \\d TABLE       describe a table
    \\status        how the data folder fares
    \\timing        tell how long statements take, or stop telling
    \\receipt       tell what answers rest on, or stop telling
    \\format NAME   write answers as \(ResultFormat.allCases.map(\.rawValue).joined(separator: ", "))
    \\?             this help
    \\q             leave, as exit, quit and ^D do

    Statements end with a semicolon. Tab completes, ^R searches the history, ^C drops the line.

    """

  /// `nil` for a line that is not a command.
  init?(_ line: String) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first, name.hasPrefix("\\") else { return nil }
    // A semicolon at the end is a habit that does no harm.
    var arguments = words.dropFirst().map { $0.hasSuffix(";") ? String($0.dropLast()) : $0 }
    arguments.removeAll(where: \.isEmpty)
    switch (name.hasSuffix(";") ? String(name.dropLast()) : name, arguments.first) {
    case ("\\q", _): self = .quit
    case ("\\?", _), ("\\h", _), ("\\help", _): self = .help
    case ("\\d", nil), ("\\dt", nil): self = .tables
    case ("\\d", let table?): self = .describe(table)
    case ("\\status", _): self = .status
    case ("\\timing", nil): self = .timing(nil)
    case ("\\timing", "on"): self = .timing(true)
    case ("\\timing", "off"): self = .timing(false)
    case ("\\receipt", nil): self = .receipt(nil)
    case ("\\receipt", "on"): self = .receipt(true)
    case ("\\receipt", "off"): self = .receipt(false)
    case ("\\format", let name?):
      self =
        ResultFormat(rawValue: name).map { .format($0) }
        ?? .unknown("unknown format '\(name)'")
    case ("\\timing", _): self = .unknown("\\timing takes on, off or nothing")
    case ("\\receipt", _): self = .unknown("\\receipt takes on, off or nothing")
    case ("\\format", nil): self = .unknown("\\format needs a name")
    default: self = .unknown("unknown command '\(name)'")
    }
  }

  /// `exit`, `quit` and `help`, alone on a line, as psql takes them; `nil` for anything else.
  init?(word line: String) {
    let words = line.split { $0.isWhitespace || $0 == ";" }
    switch words.count == 1 ? words[0].lowercased() : "" {
    case "exit", "quit": self = .quit
    case "help": self = .help
    default: return nil
    }
  }

  /// A name as it has to be written in SQL.
  static func quoted(_ name: String) -> String {
    let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    if isPlain || name.hasPrefix("\"") { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
