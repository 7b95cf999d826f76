internal import ColumnStore

extension ColumnDefinition {
  var json: JSONText {
    .object(
      [
        ("name", .string(name)), ("type", .string(type.sqlName)), ("notNull", .boolean(isNotNull)),
        ("domain", .string(domain)), ("textStorage", .string(textStorage.rawValue)),
      ] + (label.map { [("label", .string($0.rawValue))] } ?? []))
  }

  init?(_ json: JSONText) {
    let types: [DataType] = [
      .boolean, .integer, .double, .text, .timestamp, .timestampWithTimeZone, .date, .json,
      .hyperLogLog, .digest,
    ]
    guard let name = json["name"]?.string, let typeName = json["type"]?.string,
      let type = types.first(where: { $0.sqlName == typeName }),
      let isNotNull = json["notNull"]?.boolean, let domain = json["domain"]?.string,
      let storage = json["textStorage"]?.string.flatMap({ TextStorage(rawValue: $0) })
    else { return nil }
    var label: ColumnLabel?
    if let name = json["label"] {
      // One that is not known would leave open what it hides.
      guard let known = name.string.flatMap({ ColumnLabel(rawValue: $0) }) else { return nil }
      label = known
    }
    self.init(
      name: name, type: type, isNotNull: isNotNull, domain: domain, textStorage: storage,
      label: label)
  }
}
