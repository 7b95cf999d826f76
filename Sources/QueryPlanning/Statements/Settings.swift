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
  /// How long a statement may take.
  case statementTimeout = "statement_timeout"
  /// How much memory a statement may use.
  case maxMemory = "max_memory"
  /// The snapshot whose tables queries see; see `AsOfSetting`.
  case asOf = "as_of"
}

extension Setting {
  var validValues: String {
    switch self {
    case .timezone: "a name such as 'Europe/Berlin', or DEFAULT"
    case .threads: "a number from 1 to 1024, or DEFAULT"
    case .partialCache: "on or off, or DEFAULT"
    case .statementTimeout: "milliseconds or a text such as '2s' or '5min', 0 for none, or DEFAULT"
    case .maxMemory: "bytes or a text such as '512MB' or '2GB', or DEFAULT"
    case .asOf: "the number of a snapshot or a time such as '2024-01-31 12:00', or DEFAULT"
    }
  }
}

extension Setting {
  /// A value that may be set as it is kept; `nil` for one that may not. Zones are looked up elsewhere.
  fileprivate func value(_ syntax: ExpressionSyntax.Kind, zone: TimeZoneRules) -> String? {
    switch (self, syntax) {
    case (.asOf, .integer(let number)): return AsOfSetting.value(String(number), zone: zone)
    case (.asOf, .string(let text)): return AsOfSetting.value(text, zone: zone)
    case (.threads, .integer(let count)) where (1...1_024).contains(count):
      return String(count)
    case (.partialCache, .boolean(let isOn)):
      return isOn ? "on" : "off"
    case (.partialCache, .string(let word)):
      return ["on": "on", "true": "on", "off": "off", "false": "off"][word.lowercased()]
    case (.statementTimeout, .integer(let count)):
      return SettingQuantity.milliseconds.contains(count) ? String(count) : nil
    case (.statementTimeout, .string(let text)):
      return SettingQuantity.milliseconds(text).map { String($0) }
    case (.maxMemory, .integer(let count)):
      return SettingQuantity.bytes.contains(count) ? String(count) : nil
    case (.maxMemory, .string(let text)):
      return SettingQuantity.bytes(text).map { String($0) }
    default:
      return nil
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
    if case .timezone = setting, case .string(let zone) = syntax.kind {
      return .set(setting: setting.rawValue, value: try validZone(zone, at: syntax.location))
    }
    guard
      let value = setting.value(
        syntax.kind, zone: TimeZoneRules.named(context.timeZone) ?? .utc)
    else {
      throw error(
        .invalidParameter, "invalid value for '\(setting.rawValue)'", at: syntax.location,
        hint: setting.validValues)
    }
    return .set(setting: setting.rawValue, value: value)
  }

  private func setting(_ name: Identifier, others: [String]) throws(QueryError) -> Setting {
    if let setting = Setting(rawValue: name.name) { return setting }
    throw error(
      .undefinedObject, "unknown setting '\(name.name)'", at: name.offset,
      hint: suggestion(for: name.name, among: Setting.allCases.map(\.rawValue) + others)
        ?? "there are " + Setting.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
