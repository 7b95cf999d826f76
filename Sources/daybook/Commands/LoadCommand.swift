import ArgumentParser
import ColumnStore
import Engine
import Ingestion
import Persistence
import Platform

struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Add the rows of files to a table.",
    discussion: """
      Reads CSV, also with semicolons, TSV, space-separated text and NDJSON, plain, gzip or lz4; - is standard input. A \
      table that does not exist is made, with types inferred from the file. All rows are added, or \
      none. In a table with a primary key, a row takes the place of the one that has its key: the \
      last one wins. --key gives a new table one. A new table with the name of one of the service's gets that \
      one's; `daybook serve` takes it over if its columns are of that table too (Documentation/data-model.md), \
      whose names --rename gives.

      Examples:
        daybook load events.csv.gz --into events
        daybook load day*.ndjson --into events --max-errors 9 --rejects bad.txt
        daybook load a2q.txt --into posts --no-header --columns user_id,other,ts \\
          --types "ts=timestamptz(epoch_s)" --constant event=a2q
        daybook load people.csv --into people --key user_id
        zcat log.csv.gz | daybook load - --into log --format csv
      """)

  @Argument(
    help: ArgumentHelp("Files to load; - is standard input.", valueName: "file"),
    completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The table; named after the file where it is left out.", valueName: "table"))
  var into: String?

  @Option(
    help: ArgumentHelp(
      "csv, tsv, semicolons, spaces or ndjson; otherwise found out.", valueName: "format"))
  var format: FileFormat?

  @Option(
    help: ArgumentHelp(
      "Columns of the primary key of a table that is made, '' for none; one that is there must have this key.",
      valueName: "names"))
  var key: String?

  @Flag(help: "Put the rows in place of those that the table has.")
  var replace = false

  @OptionGroup var loading: LoadingOptions
  @OptionGroup var dataOptions: DataOptions

  func validate() throws {
    _ = try table()
  }

  private func table() throws -> String {
    if let into {
      guard !into.isEmpty, into.utf8.count <= 255,
        !into.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else {
        throw ValidationError("--into takes a name of 1 to 255 bytes without control characters")
      }
      return into
    }
    let names = Set(files.map { $0 == "-" ? nil : TableName.derived(from: $0) })
    guard names.count == 1, let name = names.first ?? nil else {
      throw ValidationError("name the table that the rows go into: --into TABLE")
    }
    return name
  }

  func run() throws {
    let table = try table()
    var options = try loading.loadOptions(format: format)
    let database = try dataOptions.openForChanges("load")
    if let key {
      options.primaryKey = key.split(separator: ",").map { $0.filter { $0 != " " } }
    } else if let builtIn = BuiltInSchema.table(table) {
      // Without columns of the key the file is about something else, which `serve` says.
      options.optionalKey = builtIn.key
    }
    let isNew = database.store.catalog().tables[table] == nil
    let outcome = Result {
      try FileLoading.load(
        files, into: table, of: database.store, replacing: replace, options: options)
    }
    let report = try database.close(after: outcome)
    StandardError.write(LoadReportText.text(report, table: table, terminal: .error))
    if isNew, let builtIn = BuiltInSchema.table(table) {
      noteColumns(of: report, unknownTo: builtIn)
    }
  }

  /// Says it now: when `serve` refuses the folder, the file may be gone.
  private func noteColumns(of report: LoadReport, unknownTo table: BuiltInTable) {
    let unknown = table.unknown(of: report.columns.map(\.name))
    guard !unknown.isEmpty else { return }
    let names = unknown.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    let more = unknown.count > 5 ? " and \(unknown.count - 5) more" : ""
    StandardError.write(
      """
      note: the service's own table '\(table.name)' has no \(unknown.count == 1 ? "column" : "columns") \(names)\(more): \
      `daybook serve` will not take this one over
      hint: load it under another name, or with --rename OLD=NEW for columns of Documentation/data-model.md\n
      """)
  }
}

/// Runs the loader with a progress bar.
enum FileLoading {
  static func load(
    _ files: [String], into table: String, of store: Store, replacing: Bool = false,
    options: LoadOptions
  ) throws -> LoadReport {
    var options = options
    let bar = ProgressBar(title: table, terminal: .error)
    options.progress = { bar.show($0) }
    defer { bar.clear() }
    do {
      return try Loader(store: store, options: options)
        .load(files.map { InputSource($0) }, into: table, replacing: replacing)
    } catch {
      bar.clear()
      throw CommandFailure(rendered: "error: \(error)")
    }
  }
}
