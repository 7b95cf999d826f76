internal import ColumnStore

/// The built-in tables as Markdown: `Documentation/data-model.md`.
public enum DataModelDocument {
  public static let text: String = {
    var text = introduction
    text += "\n## Tables\n"
    for table in BuiltInSchema.tables { text += "\n" + section(table) }
    text += "\n## Roll-ups\n\n"
    text +=
      "What is left of days that are dropped: materialized views, which have these and the days of now\n"
      + "alike, and are never refreshed. They are kept for ever, unless told otherwise.\n\n"
      + "| view | of | what it keeps |\n| --- | --- | --- |\n"
    for rollUp in BuiltInSchema.rollUps {
      text += "| `\(rollUp.name)` | `\(rollUp.source)` | \(rollUp.summary) |\n"
    }
    text += "\n## Views\n\n"
    text +=
      "Other systems' names for the same rows, and totals that they fill by nightly jobs. Here they\n"
      + "are questions over the tables, and never stale.\n\n| view | what it shows |\n| --- | --- |\n"
    for view in BuiltInSchema.views { text += "| `\(view.name)` | \(view.summary) |\n" }
    text += "\n## Acts of the service\n\n"
    text +=
      "Beside what the host writes down, the audit log has what Daybook itself does.\n\n"
      + "| action | entity | when |\n| --- | --- | --- |\n"
    for kind in AdministrativeAct.Kind.allCases {
      text += "| `\(kind.rawValue)` | `\(kind.entityType)` | \(kind.meaning) |\n"
    }
    return text
  }()

  private static let introduction = """
    # Data model

    What `daybook serve` makes at its start, beside the tables of users. This page is made from the
    schema (`Sources/Platform/Schema`) and a test keeps it so.

    - Times are UTC, in milliseconds. Costs are estimates, in whole micro-dollars, so that sums are exact.
    - *organization* and *user* say whose row it is: every scan keeps to what the caller may see
      ([access](access.md)). *Sealed* columns read `(redacted)` until a reveal opens them; *free text* is for
      those who may read the text of the organisation.
    - Contents of chats, prompts, tokens of sessions and names of files have no column: they are not
      collected.
    - A column *compressed* is in no dictionary: nearly every row has a value of its own.
    - What is missing is made, and columns of newer versions are added, at each start. A table or view of
      yours under one of these names is not touched: the service names it and does not start. Tables of
      these names that were loaded before the first start are used if they have columns of these only, of
      the same types, key and days.

    """

  private static func section(_ table: BuiltInTable) -> String {
    var text = "### \(table.name)\n\n\(table.summary)\n\n"
    var notes: [String] = []
    if let partition = table.partitionColumn { notes.append("split by day of `\(partition)`") }
    if !table.key.isEmpty {
      notes.append("key \(table.key.map { "`\($0)`" }.joined(separator: ", "))")
    }
    if let days = table.retentionDays { notes.append("kept for \(days) days unless configured") }
    if table.isAppendOnly { notes.append("append-only") }
    let note = notes.joined(separator: "; ")
    if !note.isEmpty { text += note.prefix(1).uppercased() + note.dropFirst() + ".\n\n" }
    text += "| column | type | label | what it is |\n| --- | --- | --- | --- |\n"
    for column in table.columns {
      let type =
        column.kind.type.sqlName + (column.kind == .uuid ? " (uuid)" : "")
        + ([.identifier, .json].contains(column.kind) ? ", compressed" : "")
        + (column.isNotNull ? ", not null" : "")
      text +=
        "| `\(column.name)` | \(type) | \(column.label?.rawValue ?? "") | \(column.meaning) |\n"
    }
    return text
  }
}
