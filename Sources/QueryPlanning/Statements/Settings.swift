import ColumnStore
import QueryLanguage

/// What SET changes and SHOW shows.
enum Setting: String, CaseIterable {
  /// IANA name of the session's time zone.
  case timezone
  /// How many threads a query may use.
  case threads
  /// Whether aggregations may take what earlier queries found of segments that did not change.
  case partialCache = "partial_cache"
}

extension Setting {
  fileprivate var validValues: String {
    switch self {
    case .timezone: "a name such as 'Europe/Berlin', or DEFAULT"
    case .threads: "a number from 1 to 1024, or DEFAULT"
    case .partialCache: "on or off, or DEFAULT"
    }
  }
}

extension Environment {
  func show(_ name: Identifier) throws(QueryError) -> PlannedStatement {
    if name.name == "tables" { return .showTables }
    return .show(setting: try setting(name, others: ["tables"]).rawValue)
  }

  /// The value is checked; `nil` is DEFAULT.
  func set(_ name: Identifier, to values: [ExpressionSyntax]) throws(QueryError)
    -> PlannedStatement
  {
    let setting = try setting(name, others: [])
    guard let syntax = values.first else {
      return .set(setting: setting.rawValue, value: nil)
    }
    guard values.count == 1 else {
      throw error(
        .invalidParameter, "SET \(setting.rawValue) takes only one value", at: values[1].location)
    }
    switch (setting, syntax.kind) {
    case (.timezone, .string(let zone)):
      return .set(setting: "timezone", value: try validZone(zone, at: syntax.location))
    case (.threads, .integer(let count)) where (1...1_024).contains(count):
      return .set(setting: "threads", value: String(count))
    case (.partialCache, .boolean(let isOn)):
      return .set(setting: "partial_cache", value: isOn ? "on" : "off")
    case (.partialCache, .string(let word)):
      let meanings = ["on": "on", "true": "on", "off": "off", "false": "off"]
      guard let value = meanings[word.lowercased()] else { fallthrough }
      return .set(setting: "partial_cache", value: value)
    default:
      throw error(
        .invalidParameter, "invalid value for '\(setting.rawValue)'", at: syntax.location,
        hint: setting.validValues)
    }
  }

  private func setting(_ name: Identifier, others: [String]) throws(QueryError) -> Setting {
    if let setting = Setting(rawValue: name.name) { return setting }
    throw error(
      .undefinedObject, "unknown setting '\(name.name)'", at: name.offset,
      hint: suggestion(for: name.name, among: Setting.allCases.map(\.rawValue) + others)
        ?? "there are " + Setting.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
