public import ArgumentParser
public import Ingestion

extension FileFormat: ExpressibleByArgument {}

/// How files are read: for `load`, and for `query --load`.
struct LoadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Types of columns: ts=timestamptz,ms=bigint. Others are inferred.", valueName: "list"))
  var types: [String] = []

  @Option(
    help: ArgumentHelp(
      "Names of the columns, instead of the file's header.", valueName: "names"))
  var columns: String?

  @Flag(inversion: .prefixedNo, help: "Whether the first row names the columns.")
  var header: Bool?

  @Option(
    help: ArgumentHelp("Column that splits the table into days.", valueName: "column"))
  var timeColumn: String?

  @Option(
    help: ArgumentHelp(
      "A column that the file lacks: event=a2q. May be repeated.", valueName: "name=value"))
  var constant: [String] = []

  @Option(
    help: ArgumentHelp(
      "A new name for a column: SRC=user_id. May be repeated.", valueName: "old=new"))
  var rename: [String] = []

  @Option(
    help: ArgumentHelp(
      "Text that means null, besides nothing and \\N. May be repeated.", valueName: "text"))
  var null: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Set up to so many bad rows aside instead of stopping at the first.", valueName: "count"))
  var maxErrors = 0

  @Option(
    help: ArgumentHelp("Where bad rows are kept, as NDJSON.", valueName: "file"),
    completion: .file())
  var rejects: String?

  @Flag(help: "Pass over keys of NDJSON objects that are not columns.")
  var ignoreUnknownFields = false

  @Flag(help: "Do not split the table into days.")
  var noPartition = false

  func validate() throws {
    guard maxErrors >= 0 else {
      throw ValidationError("--max-errors is \(maxErrors), which is below 0")
    }
    _ = try loadOptions(format: nil)
  }

  func loadOptions(format: FileFormat?) throws -> LoadOptions {
    var options = LoadOptions()
    options.format = format
    options.hasHeader = header
    options.columns = columns.map { $0.split(separator: ",").map(Self.trimmed) }
    for list in types {
      for pair in Self.splitOutsideParentheses(list) {
        let (name, type) = try Self.pair(pair, option: "--types", example: "ms=bigint")
        options.types[name] = type
      }
    }
    options.timeColumn = timeColumn
    options.nullTokens.formUnion(null)
    options.constants = try constant.map {
      let (name, value) = try Self.pair($0, option: "--constant", example: "event=a2q")
      return (name: name, value: value)
    }
    options.renames = try rename.map {
      let (from, to) = try Self.pair($0, option: "--rename", example: "SRC=user_id")
      return (from: from, to: to)
    }
    options.maximumErrors = maxErrors
    options.rejectsPath = rejects
    options.ignoresUnknownFields = ignoreUnknownFields
    if noPartition { options.partition = .none }
    return options
  }

  private static func pair(
    _ text: String, option: String, example: String
  ) throws -> (String, String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ValidationError("\(option) '\(text)' is not of the form \(example)")
    }
    return (trimmed(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// `a=numeric(10,2),b=text` has two parts.
  private static func splitOutsideParentheses(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }
}

/// What a table is called that a file is loaded into without a name for it.
package enum TableName {
  /// `data/online-retail.csv.gz` becomes `online_retail`; `nil` where no letter or digit is left.
  package static func derived(from path: String) -> String? {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.split(separator: ".", omittingEmptySubsequences: true).first ?? ""
    var name = ""
    for character in stem.lowercased() {
      if character.isASCII, character.isLetter || character.isNumber {
        name.append(character)
      } else if !name.isEmpty, name.last != "_" {
        name.append("_")
      }
    }
    while name.last == "_" { name.removeLast() }
    guard let first = name.first else { return nil }
    return first.isNumber ? "t_" + name : name
  }
}
