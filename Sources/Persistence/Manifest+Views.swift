internal import ColumnStore

extension View {
  var json: JSONText {
    .object([
      ("name", .string(name)), ("definition", .string(definition)),
      ("columns", .array(columns.map(\.json))),
      ("uses", .array(uses.sorted().map(JSONText.string))),
    ])
  }

  /// The definition is not parsed here: what is wrong with it, the query that names the view says.
  init?(_ json: JSONText) {
    guard let name = json["name"]?.string, let definition = json["definition"]?.string,
      let columns = json["columns"]?.array, let uses = json["uses"]?.array
    else { return nil }
    let known = columns.compactMap { View.Column($0) }
    let names = uses.compactMap(\.string)
    guard known.count == columns.count, !known.isEmpty, names.count == uses.count else {
      return nil
    }
    self.init(name: name, definition: definition, columns: known, uses: Set(names))
  }
}

extension View.Column {
  fileprivate var json: JSONText {
    .object([
      ("name", .string(name)), ("type", .string(type.sqlName)), ("source", .string(source)),
    ])
  }

  fileprivate init?(_ json: JSONText) {
    guard let name = json["name"]?.string, let source = json["source"]?.string,
      let type = json["type"]?.string.flatMap({ DataType(sqlName: $0) })
    else { return nil }
    self.init(name: name, type: type, source: source)
  }
}
